// Accounts: links and codes are copied or printed by one click, and boxes that follow from others open and close.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    if (await copy(document.getElementById(button.dataset.copy))) button.textContent = button.dataset.done;
  });
}

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());

/** Copy a field's text, or the codes of a list one a line; whether it worked. */
async function copy(source) {
  select(source);
  try {
    await navigator.clipboard.writeText(source.value ?? textOf(source));
    return true;
  } catch {
    source.focus(); // no clipboard, as on a page that came over http: what is selected is copied the old way, or by hand
    return document.execCommand("copy");
  }
}

function textOf(list) {
  return Array.from(list.querySelectorAll("code"), (code) => code.textContent).join("\n");
}

function select(source) {
  if (source.select) source.select();
  else getSelection().selectAllChildren(source);
}

for (const box of document.querySelectorAll("[data-shows]")) {
  const part = document.getElementById(box.dataset.shows);
  const show = () => { part.hidden = !box.checked; };
  for (const other of document.querySelectorAll(`[name="${box.name}"]`)) other.addEventListener("change", show);
  show();
}
