// The list of disputes by keyboard: the arrows or j and k walk through it, Enter opens the one in focus.
import { listenForKeys, register } from "./keys.js";

function step(by) {
  const all = [...document.querySelectorAll("#disputes .open")];
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))].focus();
}

register(
  { id: "down", group: "page", keys: ["ArrowDown", "j"], repeats: true, run: () => step(1) },
  { id: "up", group: "page", keys: ["ArrowUp", "k"], repeats: true, run: () => step(-1) },
);
listenForKeys();
