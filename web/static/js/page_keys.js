// "?" opens the window with the keys of a list, and closes it. The call page has a window of its own.
const box = document.getElementById("page-keys");
document.addEventListener("keydown", (event) => {
  if (!box || event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox], [type=range]), select, textarea")) return;
  if (document.querySelector("dialog[open]:not(#page-keys)")) return;
  event.preventDefault();
  if (box.open) box.close();
  else box.showModal();
});
box?.addEventListener("click", (event) => event.target === box && box.close());
