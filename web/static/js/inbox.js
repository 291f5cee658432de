// The inbox: a changed filter is applied at once and stays in the address; "/" goes to the search.
const filters = document.getElementById("filters");
const search = document.getElementById("search");

filters?.addEventListener("change", (event) => {
  if (event.target.matches("select") && !event.target.closest(".panel")) filters.requestSubmit();
});

// Empty fields stay out of the address, so that a copied link says only what was set.
for (const form of document.querySelectorAll("form#filters, form.searchbox"))
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, dialog")) return;
  event.preventDefault();
  search?.focus();
  search?.select();
});

document.addEventListener("click", (event) => {
  const open = document.querySelector(".filters details[open]");
  if (open && !open.contains(event.target)) open.open = false;
});
