// Praise given where one listens: the page stays, the sound goes on, the button says how it stands now.
import { tell } from "./page.js";

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-praise]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.disabled) return;
  button.disabled = true;
  const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new FormData(form) }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  button.disabled = false;
  button.focus();
  if (!answer?.ok) return tell(told?.message ?? form.dataset.lost);
  const praised = form.elements.act.value === "praise";
  form.elements.act.value = praised ? "back" : "praise";
  button.setAttribute("aria-pressed", String(praised));
  button.querySelector("[data-words]").textContent = praised ? form.dataset.praised : form.dataset.praise;
  const count = button.querySelector(".count");
  const people = Number(count.dataset.people) + (praised ? 1 : -1);
  count.dataset.people = count.textContent = String(people);
  count.hidden = !people;
  tell(told.said);
  return undefined;
});
