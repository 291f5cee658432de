// Accounts: links are copied by one click, and boxes that follow from others open and close.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = button.dataset.done;
    } catch {
      field.focus(); // no access to the clipboard: what is selected can be copied by hand
    }
  });
}

for (const box of document.querySelectorAll("[data-shows]")) {
  const part = document.getElementById(box.dataset.shows);
  const show = () => { part.hidden = !box.checked; };
  for (const other of document.querySelectorAll(`[name="${box.name}"]`)) other.addEventListener("change", show);
  show();
}
