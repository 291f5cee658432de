// What a group agrees on, by keyboard: j and k go from difference to difference, 1 to 9 choose, n goes to the note.
import { addKey, step } from "./listkeys.js";

const token = document.body.getAttribute("hx-headers") ? JSON.parse(document.body.getAttribute("hx-headers")) : {};

async function send(form, answer) {
  const sent = new FormData(form);
  sent.set("answer", answer);
  const told = form.querySelector("[data-told]");
  told.className = "";
  told.textContent = "";
  try {
    const reply = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "application/json", ...token } });
    const made = await reply.json().catch(() => null);
    if (!reply.ok || !made?.ok) throw new Error(made?.message ?? form.dataset.lost);
    for (const button of form.querySelectorAll("[data-answer]")) button.setAttribute("aria-pressed", String(button.dataset.answer === made.answer));
    told.className = "saved";
    told.textContent = made.answer ? form.dataset.saved : form.dataset.taken;
    count();
    return true;
  } catch (error) {
    told.className = "trouble"; // what was typed stays in the field
    told.textContent = error.message || form.dataset.lost;
    return false;
  }
}

function count() {
  const left = [...document.querySelectorAll("form.agree")].filter((form) => !form.querySelector("[aria-pressed=true]")).length;
  const told = document.querySelector("[data-open]");
  if (told) told.textContent = told.dataset.open.replace("{n}", String(left));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("form.agree [data-answer]");
  if (!button) return;
  event.preventDefault();
  const again = button.getAttribute("aria-pressed") === "true";
  send(button.closest("form"), again ? "" : button.dataset.answer);
});
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form.agree");
  if (!form) return;
  event.preventDefault(); // Enter in the note: kept with the answer that stands, then on to the next
  const chosen = form.querySelector("[aria-pressed=true]");
  if (chosen && (await send(form, chosen.dataset.answer))) step(1);
});

for (let key = 1; key <= 9; key += 1)
  addKey(String(key), (line) => line?.querySelectorAll("[data-answer]")[key - 1]?.click());
addKey("n", (line) => line?.querySelector("form.agree input[name=note]")?.focus());
addKey("Enter", (line) => line?.querySelector(".open")?.click());
