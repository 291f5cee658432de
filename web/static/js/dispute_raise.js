// Disputing an evaluation on its call's page: choosing another answer opens its words and its second in the call.
import { register } from "./keys.js";
import { calm, clock, intoColumn, tell } from "./page.js";
import { drop, keep, kept } from "./dispute_draft.js";
import { ask } from "./evaluate_send.js";

let open = null; // the form on the page

const nameOf = (form) => {
  const { user, call, evaluation } = JSON.parse(form.dataset.raise);
  return `${user}:${call}:${evaluation}`;
};
const rows = () => [...open.querySelectorAll("[data-criterion]")];
const current = () => open.querySelector(".crit.focus");
const isOpen = () => Boolean(open?.isConnected && !open.closest("[hidden]"));

/** What stands in the form: the criteria with another answer, and the words on the whole. */
function read() {
  const points = rows()
    .filter((row) => row.classList.contains("wrong"))
    .map((row) => ({
      criterion: row.dataset.criterion,
      proposed: row.dataset.proposed ?? "",
      comment: row.querySelector("[name=comment]").value,
      second: row.dataset.second ? Number(row.dataset.second) : null,
    }));
  return { points, words: open.elements.words.value };
}

function changed() {
  const values = read();
  open.querySelector("[data-count]").textContent = values.points.length || "";
  if (values.points.length || values.words) keep(nameOf(open), values);
  else drop(nameOf(open));
}

function draw(row) {
  const proposed = row.dataset.proposed ?? "";
  row.classList.toggle("wrong", Boolean(proposed));
  row.querySelector(".more").hidden = !proposed;
  for (const button of row.querySelectorAll("[data-propose]")) button.setAttribute("aria-checked", String(button.dataset.propose === proposed));
  const number = row.querySelector("input[type=number]");
  if (number && document.activeElement !== number) number.value = proposed === "na" ? "" : proposed;
  const second = row.querySelector("[data-second]");
  second.hidden = !row.dataset.second;
  second.querySelector("b").textContent = row.dataset.second ? clock(Number(row.dataset.second)) : "";
}

function go(row, { focus = true } = {}) {
  if (!row) return;
  for (const one of open.querySelectorAll(".crit.focus")) one.classList.remove("focus");
  row.classList.add("focus");
  if (focus) row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
}

function step(by) {
  const all = rows();
  const at = all.indexOf(current());
  go(all[Math.min(all.length - 1, Math.max(0, at + by))]);
}

function propose(row, answer, { write = true } = {}) {
  if (!row || !answer) return;
  row.dataset.proposed = answer;
  draw(row);
  go(row, { focus: false });
  if (write) row.querySelector("[name=comment]").focus({ preventScroll: true });
  changed();
}

function pick(n) {
  const row = current();
  const field = row?.querySelector("input[type=number]");
  if (field) {
    field.focus({ preventScroll: true });
    field.value = String(n);
    row.dataset.proposed = String(n);
    draw(row);
    return changed();
  }
  const button = row?.querySelector(`[data-propose][data-key="${n}"]`);
  if (button && !button.disabled) propose(row, button.dataset.propose);
}

function notApplicable() {
  const button = current()?.querySelector("[data-propose=na]");
  if (button && !button.disabled) propose(current(), "na");
}

function leave(row) {
  if (!row) return;
  delete row.dataset.proposed;
  delete row.dataset.second;
  row.querySelector("[name=comment]").value = "";
  row.querySelector(".alert").hidden = true;
  draw(row);
  changed();
  go(row);
}

/** The second at which the player stands, for the criterion one is at. */
function takeSecond(row) {
  const audio = document.getElementById("audio");
  if (!row || !audio) return;
  row.dataset.second = audio.currentTime.toFixed(2);
  draw(row);
  if (!row.dataset.proposed) row.querySelector(".more").hidden = false;
  changed();
}

async function show(button) {
  const box = button.closest("li").querySelector(".dispute-box");
  if (!box.hidden) return close(button);
  try {
    const response = await fetch(button.dataset.dispute, { headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error();
    box.replaceChildren(...new DOMParser().parseFromString(await response.text(), "text/html").body.childNodes);
  } catch {
    return tell(words().failed);
  }
  box.hidden = false;
  button.setAttribute("aria-expanded", "true");
  open = box.querySelector("form");
  bind(open);
  back();
  go(current() ?? rows()[0]);
  intoColumn(box);
}

/** What was typed before and not sent is there again. */
function back() {
  const before = kept(nameOf(open));
  if (!before) return;
  for (const point of before.points ?? []) {
    const row = open.querySelector(`[data-criterion="${CSS.escape(point.criterion)}"]`);
    if (!row) continue;
    row.dataset.proposed = point.proposed;
    if (point.second !== null) row.dataset.second = String(point.second);
    row.querySelector("[name=comment]").value = point.comment;
    draw(row);
  }
  open.elements.words.value = before.words ?? "";
  if (before.words) open.querySelector("details.whole").open = true;
  changed();
}

function close(button) {
  const box = (button ?? open).closest("li").querySelector(".dispute-box");
  box.hidden = true;
  const opener = box.closest("li").querySelector("[data-dispute]");
  opener?.setAttribute("aria-expanded", "false");
  opener?.focus();
  open = null;
}

function bind(form) {
  form.addEventListener("click", (event) => {
    const row = event.target.closest("[data-criterion]");
    const button = event.target.closest("button");
    if (row && !button) go(row, { focus: false });
    if (!button) return;
    if (button.dataset.propose) row.dataset.proposed === button.dataset.propose ? leave(row) : propose(row, button.dataset.propose);
    else if (button.matches("[data-take-second]")) takeSecond(row);
    else if (button.matches("[data-drop-second]")) {
      delete row.dataset.second;
      draw(row);
      changed();
    } else if (button.matches("[data-drop]")) leave(row);
    else if (button.matches("[data-close]")) close();
  });
  form.addEventListener("input", (event) => {
    const row = event.target.closest("[data-criterion]");
    if (event.target.name === "proposed") {
      row.dataset.proposed = event.target.value;
      draw(row);
    }
    changed();
  });
  form.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-criterion]");
    if (row && row !== current()) go(row, { focus: false });
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    event.preventDefault();
    const row = event.target.closest("[data-criterion]");
    if (row && event.target.matches("input, textarea")) row.focus({ preventScroll: true });
    else close();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
}

async function send() {
  const form = open;
  const button = form.querySelector("[type=submit]");
  if (button.disabled) return;
  button.disabled = true;
  for (const alert of form.querySelectorAll(".alert")) alert.hidden = true;
  try {
    const { evaluation } = JSON.parse(form.dataset.raise);
    const { answer } = await ask("POST", form.dataset.url, { evaluation, assignment: words().assignment, ...read() });
    if (!answer.ok) return wrong(form, answer);
    drop(nameOf(form));
    open = null;
    tell(words().disputed);
    document.dispatchEvent(new CustomEvent("verdict", { detail: { html: answer.html } }));
    intoColumn(document.getElementById("evaluations"));
  } catch {
    tell(words().failed);
  } finally {
    button.disabled = false;
  }
}

/** The refusal stands where it belongs; nothing that was typed goes. */
function wrong(form, answer) {
  const row = answer.criterion ? form.querySelector(`[data-criterion="${CSS.escape(answer.criterion)}"]`) : null;
  const alert = row?.querySelector(".alert") ?? form.querySelector(".alert.all");
  alert.textContent = answer.message;
  alert.hidden = false;
  if (row) {
    row.querySelector(".more").hidden = false;
    go(row, { focus: false });
    row.querySelector("[name=comment]").focus({ preventScroll: true });
  } else alert.scrollIntoView({ block: "nearest" });
}

const words = () => JSON.parse(document.getElementById("evaluation-words").textContent);

export function watchDisputes() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#evaluations [data-dispute]");
    if (button) show(button);
  });
  const opener = () => document.querySelector("#evaluations [data-dispute]");
  const disputable = () => Boolean(opener()); // the help says nothing of disputes to who cannot raise one
  const digits = Array.from({ length: 9 }, (_, n) => ({ id: n ? `propose-${n + 1}` : "propose", group: "score", keys: [String(n + 1)], show: ["0", "–", "9"], shown: disputable, when: isOpen, run: () => pick(n + 1) }));
  register(
    { id: "dispute", group: "score", shown: disputable, keys: ["D"], show: ["⇧", "D"], when: () => Boolean(opener()), run: () => show(opener()) },
    { id: "dispute-step", group: "score", shown: disputable, keys: ["n", "ArrowDown"], show: ["↓", "↑"], repeats: true, when: isOpen, run: () => step(1) },
    { id: "dispute-back", group: "score", shown: disputable, keys: ["p", "ArrowUp"], repeats: true, when: isOpen, run: () => step(-1) },
    ...digits,
    { id: "dispute-na", group: "score", shown: disputable, keys: ["="], when: isOpen, run: notApplicable },
    { id: "dispute-nought", group: "score", shown: disputable, keys: ["0"], when: isOpen, run: () => (current()?.querySelector('[data-propose][data-key="0"]') ? pick(0) : notApplicable()) },
    { id: "dispute-words", group: "score", shown: disputable, keys: ["r"], when: () => isOpen() && Boolean(current()?.dataset.proposed), run: () => current().querySelector("[name=comment]").focus({ preventScroll: true }) },
    { id: "dispute-second", group: "score", shown: disputable, keys: ["t"], when: isOpen, run: () => takeSecond(current()) },
    { id: "dispute-leave", group: "score", shown: disputable, keys: ["Backspace", "Delete"], show: ["⌫"], when: isOpen, run: () => leave(current()) },
    { id: "dispute-send", group: "score", shown: disputable, keys: ["Ctrl+Enter"], inFields: true, when: isOpen, run: send },
  );
}
