// Deciding a dispute by keyboard; what is typed is kept until the server has it, also when somebody was quicker.
import { listenForKeys, register } from "./keys.js";
import { calm, tell } from "./page.js";
import { drop, keep, kept } from "./dispute_draft.js";
import { ask } from "./evaluate_send.js";

const words = JSON.parse(document.getElementById("dispute-words").textContent);
const form = document.querySelector("#decide[data-dispute]");
const config = form ? JSON.parse(form.dataset.dispute) : null;
const name = config ? `decision:${config.user}:${config.id}` : "";
const points = () => [...form.querySelectorAll(".to-decide")];
const current = () => document.activeElement?.closest?.(".to-decide") ?? form.querySelector(".to-decide.here");

function go(point) {
  if (!point) return;
  for (const one of points()) one.classList.toggle("here", one === point);
  point.focus({ preventScroll: true });
  point.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
}

function step(by) {
  const all = points();
  const at = all.indexOf(current());
  go(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]);
}

function rule(point, ruling, { write = true } = {}) {
  const button = point?.querySelector(`[data-ruling=${ruling}]`);
  if (!button) return;
  point.dataset.ruled = ruling;
  for (const one of point.querySelectorAll("[data-ruling]")) one.setAttribute("aria-checked", String(one === button));
  const other = point.querySelector(".other-answer");
  const opens = ruling === "other" || (ruling === "accept" && other?.matches(".whole"));
  if (other) other.hidden = !opens;
  for (const one of points()) one.classList.toggle("here", one === point);
  if (write) (opens ? other.querySelector("select, input") : point.querySelector("[name=words]")).focus({ preventScroll: true });
  point.querySelector(".alert").hidden = true;
  store();
}

function read() {
  return points().map((point) => {
    const whole = Object.fromEntries([...point.querySelectorAll("[data-whole]")].filter((field) => field.value).map((field) => [field.dataset.whole, field.value]));
    return {
      criterion: point.dataset.item,
      decision: point.dataset.ruled ?? "",
      words: point.querySelector("[name=words]").value,
      answer: point.querySelector("[name=answer]")?.value ?? "",
      answers: point.dataset.ruled === "accept" ? whole : {},
    };
  });
}

const store = () => keep(name, read());

function back() {
  const before = kept(name);
  if (!Array.isArray(before) || !before.some((one) => one.decision || one.words)) return;
  for (const one of before) {
    const point = form.querySelector(`.to-decide[data-item="${CSS.escape(one.criterion)}"]`);
    if (!point) continue;
    point.querySelector("[name=words]").value = one.words;
    const field = point.querySelector("[name=answer]");
    if (field) field.value = one.answer;
    for (const [id, answer] of Object.entries(one.answers ?? {})) {
      const place = point.querySelector(`[data-whole="${CSS.escape(id)}"]`);
      if (place) place.value = answer;
    }
    if (one.decision) rule(point, one.decision, { write: false });
  }
  say(words.back);
}

/** Where something is missing it is said, and the cursor goes there. */
function missing() {
  for (const point of points()) {
    const [ruled, said] = [point.dataset.ruled, point.querySelector("[name=words]").value.trim()];
    const field = point.querySelector("[name=answer]");
    if (!ruled) return wrong(point, words.decideAll, point.querySelector("[data-ruling]"));
    if (ruled === "other" && !field.value) return wrong(point, words.needsAnswer, field);
    if (ruled !== "accept" && !said) return wrong(point, words.needsWords, point.querySelector("[name=words]"));
  }
  return false;
}

function wrong(point, message, field) {
  const alert = point.querySelector(".alert");
  alert.textContent = message;
  alert.hidden = false;
  go(point);
  field?.focus({ preventScroll: true });
  return true;
}

function say(text) {
  const status = form.querySelector("[data-status]");
  status.textContent = text;
  status.classList.add("said");
}

async function decide() {
  const button = form.querySelector("[type=submit]");
  if (button.disabled || missing()) return;
  button.disabled = true;
  say(words.sending);
  try {
    const { answer } = await ask("POST", form.dataset.url, { revision: config.revision, rulings: read() });
    if (answer.ok) {
      drop(name);
      return location.assign(answer.url);
    }
    say(answer.message);
    if (answer.code === "dispute_changed") return changed(answer);
    const point = answer.criterion !== undefined && form.querySelector(`.to-decide[data-item="${CSS.escape(answer.criterion)}"]`);
    if (point) wrong(point, answer.message, point.querySelector("[name=words]"));
  } catch {
    say(words.failed);
  } finally {
    button.disabled = false;
  }
}

/** Somebody was quicker: what stands there is shown beside the words, which stay. */
function changed(answer) {
  store();
  const box = document.getElementById("dispute-changed");
  box.replaceChildren(...new DOMParser().parseFromString(answer.html, "text/html").body.childNodes);
  box.hidden = false;
  if (answer.again) config.revision = answer.revision;
  box.scrollIntoView({ block: "nearest" });
  box.querySelector("a")?.focus({ preventScroll: true });
}

if (form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-ruling]");
    if (button) rule(button.closest(".to-decide"), button.dataset.ruling);
  });
  form.addEventListener("input", store);
  form.addEventListener("change", store);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    decide();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || !event.target.matches("textarea, input, select")) return;
    event.target.closest(".to-decide")?.focus({ preventScroll: true });
  });
  back();
  register(
    { id: "next", group: "page", keys: ["n", "ArrowDown", "j"], repeats: true, run: () => step(1) },
    { id: "before", group: "page", keys: ["p", "ArrowUp", "k"], repeats: true, run: () => step(-1) },
    { id: "accept", group: "page", keys: ["1"], run: () => rule(current() ?? points()[0], "accept") },
    { id: "other", group: "page", keys: ["2"], run: () => rule(current() ?? points()[0], "other") },
    { id: "reject", group: "page", keys: ["3"], run: () => rule(current() ?? points()[0], "reject") },
    { id: "words", group: "page", keys: ["r"], run: () => (current() ?? points()[0])?.querySelector("[name=words]").focus() },
    { id: "decide", group: "page", keys: ["Ctrl+Enter"], inFields: true, run: decide },
  );
}
// Space plays the places of the criterion one is at, first what the objection names.
register({
  id: "hear",
  group: "page",
  keys: [" "],
  when: () => Boolean(document.querySelector("[data-play]")),
  run: () => {
    const point = (form && current()) || document.activeElement?.closest?.(".point") || document.querySelector(".point");
    const playing = document.querySelector('[data-play][aria-pressed="true"]');
    (playing ?? point?.querySelector(".other [data-play]") ?? point?.querySelector("[data-play]"))?.click();
  },
});
listenForKeys();

// The other acts: their words stay in the field until the server has them.
for (const act of document.querySelectorAll("form.send")) {
  act.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = act.querySelector("button");
    const alert = act.querySelector(".alert");
    if (button.disabled) return;
    button.disabled = true;
    if (alert) alert.hidden = true;
    try {
      const { answer } = await ask("POST", act.dataset.url, { revision: Number(act.dataset.revision), words: act.elements.words?.value ?? "" });
      if (answer.ok) return location.assign(answer.url);
      if (alert) {
        alert.textContent = answer.message;
        alert.hidden = false;
      } else tell(answer.message);
    } catch {
      tell(words.failed);
    } finally {
      button.disabled = false;
    }
  });
}
