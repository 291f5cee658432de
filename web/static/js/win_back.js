// Closed leads by keyboard: space plays the quotes of a line one after the other, y, n and u judge it, o reopens it.
import { toggle } from "./inplace.js";
import { addKey, goTo, lines } from "./listkeys.js";
import { tell } from "./page.js";

// The same keys in Russian and Korean, where the letters lie elsewhere.
const SAME = { y: ["y", "н", "ㅛ"], n: ["n", "т", "ㅜ"], u: ["u", "г", "ㅕ"], o: ["o", "щ", "ㅐ", "r"] };
const ANSWERS = { y: "wrong", n: "right", u: "not_sure" };

let after = null; // the line after the one being judged

function playNext(line, event) {
  const pressed = event.target.closest("button, summary, a.btn");
  if (pressed) {
    pressed.click();
    return;
  }
  const buttons = [...(line ?? document).querySelectorAll("button[data-play]")];
  if (!buttons.length) return;
  const on = buttons.findIndex((button) => button.getAttribute("aria-pressed") === "true");
  toggle(on >= 0 && buttons[on].classList.contains("sounding") ? buttons[on] : buttons[(on + 1) % buttons.length]);
}

function press(line, answer) {
  line?.querySelector(`button[name="answer"][value="${answer}"]`)?.click();
}

addKey(" ", playNext);
for (const [key, letters] of Object.entries(SAME))
  for (const letter of letters)
    addKey(letter, (line) => (ANSWERS[key] ? press(line, ANSWERS[key]) : line?.querySelector("a.reopen")?.click()));

document.addEventListener("htmx:beforeRequest", (event) => {
  const line = event.target.closest?.(".leads > li");
  if (!line) return;
  const all = lines();
  after = { mine: line.id, next: all[all.indexOf(line) + 1]?.id };
});

// A judged line stays where it was with what was decided; the keyboard goes on to the next one.
document.addEventListener("htmx:afterSettle", () => {
  if (!after) return;
  const line = document.getElementById(after.next ?? after.mine) ?? document.getElementById(after.mine);
  after = null;
  if (line) goTo(line);
});
document.addEventListener("htmx:responseError", refused);
document.addEventListener("htmx:sendError", refused);

function refused(event) {
  after = null;
  const answer = new DOMParser().parseFromString(event.detail.xhr?.responseText ?? "", "text/html");
  tell(answer.body.textContent.trim() || (document.getElementById("toast")?.dataset.failed ?? ""));
}

const brief = document.getElementById("hand-out");
brief?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) brief.requestSubmit();
});

for (const field of document.querySelectorAll("#filters select")) field.addEventListener("change", () => field.form.requestSubmit());

// One open form at a time; a click beside it or Escape closes it.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.choose[open]")) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const open of document.querySelectorAll("details.choose[open]")) open.open = false;
});
