// Coaching pages by keyboard: j and k through the lists, n for a new one, e to change, y to agree, Ctrl+Enter sends.
// Offered words go into their field by one press; typed words are not lost by a slip; nothing is sent twice.
import { addKey } from "./listkeys.js";

const follow = (selector) => () => document.querySelector(selector)?.click();
addKey("n", follow("#new-session"));
addKey("e", follow('.head a.btn[href$="/edit"]'));
addKey("y", follow("#move-confirm button"));

for (const button of document.querySelectorAll("[data-put]"))
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.put);
    const kept = field.value.trim();
    field.value = kept ? `${kept}\n${button.dataset.words}` : button.dataset.words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });

let changed = false;
for (const form of document.querySelectorAll("form[data-guard]")) {
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}
for (const form of document.querySelectorAll("form[data-once]"))
  form.elements.token.value = [...crypto.getRandomValues(new Uint32Array(3))].map((part) => part.toString(36)).join("");

let sent = false;
for (const form of document.querySelectorAll("main form"))
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
    changed = false;
  });
addEventListener("pageshow", (event) => event.persisted && (sent = false));
addEventListener("beforeunload", (event) => changed && event.preventDefault());

// A moment either went well or is to be worked on.
document.addEventListener("change", (event) => {
  const box = event.target.closest(".moment-choice input");
  if (box?.checked) for (const other of box.closest(".moment-choice").querySelectorAll("input")) if (other !== box) other.checked = false;
});

for (const form of document.querySelectorAll("[data-kinds]")) {
  const show = () => {
    for (const field of form.querySelectorAll("[data-kind]")) field.hidden = field.dataset.kind !== form.elements.kind.value;
  };
  form.elements.kind.addEventListener("change", show);
  show();
}

for (const button of document.querySelectorAll("[data-sure]"))
  button.addEventListener("click", (event) => {
    if (button.dataset.asked) return;
    event.preventDefault();
    button.dataset.asked = "1";
    button.textContent = button.dataset.sure;
  });

document.querySelector("#refused, #moved")?.scrollIntoView({ block: "nearest" });
