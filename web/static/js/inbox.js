// The inbox: a changed filter is applied at once and stays in the address; lines are walked, played and chosen by keyboard.
import "./listkeys.js";

const filters = document.getElementById("filters");

filters?.addEventListener("change", (event) => {
  if (event.target.matches("select") && !event.target.closest(".panel")) filters.requestSubmit();
});

// Empty fields stay out of the address, so that a copied link says only what was set.
for (const form of document.querySelectorAll("form#filters, form.searchbox"))
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(".filters details[open], .views details[open]"))
    if (!open.contains(event.target)) open.open = false;
});
