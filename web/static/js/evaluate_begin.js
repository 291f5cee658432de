// Beginning an evaluation: the page answers the key at once and keeps what is pressed until the form stands there.
import { tell } from "./page.js";
import { ask } from "./evaluate_send.js";

let held = null; // keys pressed since, or null when nothing is being opened

export async function begin(words, blind) {
  if (held) return;
  hold();
  try {
    const fields = { blind: blind ? "1" : "", assignment: words.assignment };
    const { answer } = await ask("POST", words.begin, new URLSearchParams(fields));
    if (answer.ok) {
      // The form comes with the answer; a blind review takes what the machine says off the rest of the page too.
      document.dispatchEvent(new CustomEvent("verdict", { detail: { html: answer.html, rest: answer.blind } }));
      return setTimeout(() => release(true)); // the form is taken up by then
    }
    tell(answer.message);
  } catch {
    tell(words.failed);
  }
  release(false);
}

function hold() {
  held = [];
  show(true);
  addEventListener("keydown", keep, true);
}

function keep(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || ["Shift", "Tab", "Escape"].includes(event.key)) return;
  if (event.target.closest?.("input, select, textarea, dialog[open]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  held.push({ key: event.key, code: event.code, shiftKey: event.shiftKey });
}

/** The keys that came too early go where they were meant: to the form, or into the line a key before them opened. */
function release(replay) {
  const keys = held ?? [];
  held = null;
  removeEventListener("keydown", keep, true);
  show(false);
  if (!replay) return;
  for (const key of keys) {
    const field = document.activeElement;
    if (field?.matches?.("input[type=text], textarea") && key.key.length === 1) {
      field.setRangeText(key.key, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    } else (field ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { ...key, bubbles: true, cancelable: true }));
  }
}

function show(opening) {
  const column = document.getElementById("live-scores");
  column?.classList.toggle("opening", opening);
  column?.setAttribute("aria-busy", String(opening));
  for (const button of document.querySelectorAll("[data-begin]")) button.disabled = opening;
}
