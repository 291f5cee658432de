// The editor of a sampling rule: typing an amount chooses it, removing asks twice, unsaved changes are not lost by a slip.
const form = document.getElementById("rule");

for (const name of ["per_rep", "percent"])
  form?.elements[name]?.addEventListener("input", () => {
    form.querySelector(`[name=amount][value=${name}]`).checked = true;
  });

let changed = false;
form?.addEventListener("input", () => (changed = true));
form?.addEventListener("submit", () => (changed = false));
addEventListener("beforeunload", (event) => changed && event.preventDefault());

for (const button of document.querySelectorAll("[data-sure]"))
  button.addEventListener("click", (event) => {
    if (button.dataset.asked) return;
    event.preventDefault();
    button.dataset.asked = "1";
    button.textContent = button.dataset.sure;
  });
