// Lists by keyboard: j and k go from line to line, p plays the line where it stands, Enter opens it, / goes to the search.
import { stop, toggle } from "./inplace.js";

const byPlace = { KeyJ: "j", KeyK: "k", KeyP: "p", KeyX: "x", KeyA: "a", KeyT: "t", KeyC: "c", Slash: "/" };
const acts = { j: () => step(1), k: () => step(-1), p: playHere, "/": toSearch, Escape: stop };

/** Other scripts add their keys: `act(line, event)` gets the line the keyboard stands on, or null. */
export function addKey(key, act) {
  acts[key] = (event) => act(current(), event);
}

export function lines() {
  return [...document.querySelectorAll("[data-item]")];
}

export function current() {
  return document.activeElement?.closest?.("[data-item]") ?? document.querySelector("[data-item].here");
}

export function goTo(line) {
  for (const other of document.querySelectorAll("[data-item].here")) other.classList.remove("here");
  line.classList.add("here");
  (line.querySelector(".open") ?? line).focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

export function step(by) {
  const all = lines();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
  goTo(all[next]);
}

function playHere() {
  const button = current()?.querySelector("button[data-play]");
  if (button) toggle(button);
}

function toSearch() {
  const search = document.getElementById("search");
  search?.focus();
  search?.select();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input:not([type=checkbox], [type=range]), select, textarea, dialog[open]")) return;
  const key = event.key.length === 1 && event.key.charCodeAt(0) > 127 ? (byPlace[event.code] ?? event.key) : event.key;
  const act = acts[event.shiftKey && key.length === 1 && key !== "/" ? `shift+${key.toLowerCase()}` : key];
  if (!act) return;
  if (key !== "Escape") event.preventDefault();
  act(event);
});
