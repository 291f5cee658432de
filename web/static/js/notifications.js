// Notifications by keyboard: j and k step, Enter opens (the button's own act), e marks one read, Shift+A all.
import { namesOf } from "./keys.js";

const buttons = () => [...document.querySelectorAll(".notices .open")];

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea") || event.altKey || event.ctrlKey || event.metaKey) return;
  const key = namesOf(event)[namesOf(event).length - 1];
  const all = buttons();
  const at = all.indexOf(document.activeElement);
  if (key === "j" || key === "ArrowDown") all[Math.min(all.length - 1, at + 1)]?.focus();
  else if (key === "k" || key === "ArrowUp") all[Math.max(0, at - 1)]?.focus();
  else if (key === "e") all[at]?.closest("li.unread")?.querySelector("[value=read]")?.click();
  else if (key === "A") document.querySelector("form[action$='/read'] button")?.click();
  else return;
  event.preventDefault();
});
