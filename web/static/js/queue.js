// The review queue by keyboard: N or Enter opens the next call playing, the arrows walk through the list.
import { listenForKeys, register } from "./keys.js";

const links = () => [...document.querySelectorAll("#queue .open")];

function step(by) {
  const all = links();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const to = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
  all[to].focus();
}

const typing = () => Boolean(document.querySelector("details.choose[open]"));
const next = () => document.getElementById("next")?.click();
register(
  { id: "next-call", group: "page", keys: ["n", "Enter"], when: () => Boolean(document.getElementById("next")) && !typing(), run: next },
  { id: "down", group: "page", keys: ["ArrowDown", "j"], repeats: true, when: () => !typing(), run: () => step(1) },
  { id: "up", group: "page", keys: ["ArrowUp", "k"], repeats: true, when: () => !typing(), run: () => step(-1) },
);
listenForKeys();

// One open form at a time; a click beside it or Escape closes it, and what was typed stays until then.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.choose[open]")) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.choose[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
for (const box of document.querySelectorAll("details.choose"))
  box.addEventListener("toggle", () => box.open && box.querySelector("input:not([type=hidden]), select")?.focus());
