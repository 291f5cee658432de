// Scoring a call by keyboard: the panel of one's own evaluation, saved while one answers, submitted without a page load.
import { register } from "./keys.js";
import { calm, intoColumn, tell } from "./page.js";
import { begin as beginOne } from "./evaluate_begin.js";
import { Form } from "./evaluate_form.js";
import { show, watchList } from "./evaluate_list.js";
import { Saver, alike, ask } from "./evaluate_send.js";
import { drop, kept } from "./evaluate_store.js";
import { watchDisputes } from "./dispute_raise.js";

const TYPING = 500; // ms of quiet after which typed words are saved
const words = JSON.parse(document.getElementById("evaluation-words")?.textContent ?? "null");
let open = null; // {form, saver} of the panel on the page

function take(root) {
  if (!root || root === open?.form.root) return;
  const before = open;
  const form = new Form(root);
  const config = form.config;
  const same = before && before.form.config.evaluation === config.evaluation;
  if (!same) before?.saver.stop();
  const saver = same ? before.saver : new Saver({ config, address: words.begin, read: () => open.form.read(), tell: (state, answer) => hear(saver, state, answer) });
  open = { form, saver };
  form.show(config.state);
  form.drawAll();
  const local = same ? null : kept(config);
  if (same) form.fill(before.form.read()); // new scores drew the panel again: what is on the page is newer than what came
  else if (local) {
    // Typed before and not stored: the page was left, or the network was away.
    form.fill(local);
    saver.revision = local.revision;
    saver.change();
    tell(words.draftBack);
  }
  bind(form, saver);
  const at = same ? form.row(before.form.current ?? "") : null;
  form.go(at ?? form.rows.find((row) => !form.answers[row.dataset.criterion]?.answer) ?? form.rows[0], { focus: !document.activeElement || document.activeElement === document.body });
}

function bind(form, saver) {
  const { root } = form;
  root.addEventListener("click", (event) => {
    const row = event.target.closest("[data-criterion]");
    const button = event.target.closest("[data-answer]");
    if (row) form.go(row, { focus: false });
    if (button) choose(button.dataset.answer, { go: false });
    else if (event.target.closest("[data-clear]")) clear();
    else if (event.target.closest("[data-confirm-rest]")) confirmRest();
    else if (event.target.closest("[data-throw-away]")) throwAway(event.target.closest("button"));
    else if (event.target.closest("[data-merge]")) merge(true);
    else if (event.target.closest("[data-keep-theirs]")) merge(false);
  });
  root.addEventListener("input", (event) => {
    const row = event.target.closest("[data-criterion]");
    const { name, value } = event.target;
    if (name === "reason") form.reason(row.dataset.criterion, value);
    else if (name === "answer") form.answer(row.dataset.criterion, value);
    else if (name !== "comment") return;
    saver.change(TYPING);
  });
  root.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-criterion]");
    if (row && row.dataset.criterion !== form.current) form.go(row, { focus: false });
  });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  root.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-criterion]");
    if (event.isComposing || !event.target.matches("input, textarea")) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      (row ?? root.querySelector(".crit")).focus({ preventScroll: true });
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("input")) {
      event.preventDefault(); // a line is finished: on to what is open
      if (!toConflict()) form.onward();
    }
  });
}

function hear(saver, state, answer) {
  if (open?.saver !== saver) return;
  const { form } = open;
  const status = form.root.querySelector("[data-status]");
  const said = { saving: words.saving, offline: words.offline, signedOut: words.signedOut };
  status.classList.toggle("waiting", state === "offline" || state === "signedOut");
  if (state === "saved") {
    form.show(answer);
    status.textContent = `${words.saved} ${answer.savedAt}`;
    if (!answer.missing.length) form.root.querySelector(".wanting").hidden = true;
  } else if (state === "conflict") conflict(answer);
  else if (state === "refused") status.textContent = answer.message;
  else if (!(state === "saving" && status.textContent)) status.textContent = said[state];
}

/** Answer the current criterion; when it changes the machine's answer the reason is asked at once. */
function choose(answer, { go = true, confirmed = false } = {}) {
  const { form, saver } = open;
  const id = form.current;
  if (!id) return;
  form.answer(id, answer, confirmed);
  saver.change();
  if (form.changes(id) && !form.answers[id].reason) form.say(form.row(id));
  else if (go) form.onward();
}

/** Take the answer of the current criterion back: it is not answered, as if nobody had been here. */
function clear() {
  const { form, saver } = open;
  const id = form.current;
  if (!form.answers[id]?.answer) return;
  form.clear(id);
  saver.change();
  form.go(form.row(id)); // the button that was pressed is gone
}

function confirmOne() {
  const { machine } = open.form.config.criteria[open.form.current] ?? {};
  if (!machine || machine === "cannot_judge") tell(words.nothingToConfirm);
  else choose(machine, { confirmed: true });
}

function confirmRest() {
  const { form, saver } = open;
  let taken = 0;
  for (const row of form.rows) {
    const id = row.dataset.criterion;
    const { machine } = form.config.criteria[id];
    if (form.answers[id]?.answer || !machine || machine === "cannot_judge") continue;
    form.answer(id, machine, true);
    taken += 1;
  }
  if (!taken) return tell(words.nothingToConfirm);
  saver.change();
  form.onward();
}

function pick(n) {
  const { form } = open;
  const row = form.row(form.current ?? "");
  const field = row?.querySelector("input[type=number], textarea[name=answer]");
  if (field) {
    if (field.type === "number") {
      field.value = String(n);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return field.focus({ preventScroll: true });
  }
  const choice = row?.querySelector(`[data-answer][data-key="${n}"]`);
  if (choice) choose(choice.dataset.answer);
}

function notApplicable() {
  if (open.form.config.criteria[open.form.current]?.na) choose("na");
}

async function submit() {
  const { form, saver } = open;
  const button = form.root.querySelector("[type=submit]");
  if (button.disabled) return;
  button.disabled = true;
  try {
    await saver.settle();
    if (open?.form !== form || (saver.stopped && toConflict())) return;
    const body = { evaluation: form.config.evaluation, revision: saver.revision, assignment: words.assignment, ...form.read() };
    const { status, answer } = await ask("POST", words.submit, body);
    // Submitted before, and the answer never came back: what stands there is this.
    const stands = answer.code === "evaluation_changed" && !answer.editable && alike(body, answer);
    if (answer.code === "evaluation_changed" && !stands) return conflict(answer);
    if (answer.code === "not_complete") return form.tellMissing(answer.missing, words, answer.message);
    if (status === 401) return tell(words.signedOut);
    if (!answer.ok && !stands) return tell(answer.message);
    saver.stop();
    drop(form.config);
    open = null;
    tell(words.submitted);
    show(stands ? "" : answer.html);
    intoColumn(document.getElementById("evaluations"));
  } catch {
    tell(words.notSubmitted);
  } finally {
    if (open?.saver === saver) saver.release(); // not submitted: what is typed is kept in the draft
    button.disabled = false;
  }
}

let dispute = null; // what the server holds while a person chooses

function conflict(answer) {
  const { form, saver } = open;
  saver.stop();
  dispute = answer;
  const box = form.root.querySelector("#evaluation-conflict");
  box.replaceChildren(...new DOMParser().parseFromString(answer.html, "text/html").body.childNodes);
  box.hidden = false;
  form.root.querySelector("[data-status]").textContent = answer.message;
  if (!document.activeElement?.matches("input, textarea")) toConflict(); // a person in the middle of a word finishes it
}

function toConflict() {
  const box = open.form.root.querySelector("#evaluation-conflict");
  if (box.hidden) return false;
  box.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
  box.querySelector("[data-take], button")?.focus({ preventScroll: true });
  return true;
}

/** Go on with what is chosen criterion by criterion, or leave all as it stands there. */
function merge(mine) {
  const { form, saver } = open;
  const box = form.root.querySelector("#evaluation-conflict");
  const next = { answers: structuredClone(dispute.answers), comment: dispute.comment };
  if (mine)
    for (const chosen of box.querySelectorAll("[data-take]:checked")) {
      const id = chosen.dataset.take;
      if (chosen.value !== "mine") continue;
      if (!id) next.comment = form.comment;
      else if (form.answers[id]) next.answers[id] = form.answers[id];
      else delete next.answers[id];
    }
  box.hidden = true;
  box.replaceChildren();
  if (!mine) drop(form.config);
  if (!dispute.editable) {
    drop(form.config);
    open = null;
    return show();
  }
  saver.resume(dispute.revision);
  form.fill(next);
  saver.change();
  form.go(form.row(form.current ?? "") ?? form.rows[0]);
}

async function throwAway(button) {
  if (!button.dataset.sure) {
    button.dataset.sure = "1";
    return tell(words.sureThrow);
  }
  const { form, saver } = open;
  saver.stop();
  try {
    const { answer } = await ask("POST", words.move, new URLSearchParams({ evaluation: form.config.evaluation, act: "void", assignment: words.assignment }));
    if (!answer.ok) return tell(answer.message);
    drop(form.config);
    open = null;
    tell(words.thrown);
    show(answer.html);
  } catch {
    saver.stopped = false;
    tell(words.failed);
  }
}

const begin = (blind) => beginOne(words, blind);

function bindKeys() {
  const scoring = () => Boolean(open?.form.root.isConnected);
  const waiting = () => !scoring() && Boolean(document.querySelector("[data-begin]"));
  const able = () => scoring() || waiting(); // the help says nothing of scoring to who does not score
  const digits = Array.from({ length: 9 }, (_, n) => ({ id: n ? `choose-${n + 1}` : "choose", group: "score", keys: [String(n + 1)], show: ["0", "–", "9"], when: scoring, run: () => pick(n + 1) }));
  const acts = [
    { id: "evaluate", group: "score", keys: ["e"], when: waiting, run: () => begin(false) },
    { id: "evaluate-blind", group: "score", keys: ["E"], when: waiting, run: () => begin(true) },
    { id: "criteria", group: "score", keys: ["n", "ArrowDown"], show: ["↓", "↑", "N", "P"], repeats: true, when: scoring, run: () => open.form.step(1) },
    { id: "criterion-before", group: "score", keys: ["p", "ArrowUp"], repeats: true, when: scoring, run: () => open.form.step(-1) },
    ...digits,
    { id: "na", group: "score", keys: ["="], when: scoring, run: notApplicable },
    // Zero is the answer numbered so; where none is, it says that the question does not apply.
    { id: "nought", group: "score", keys: ["0"], when: scoring, run: () => (open.form.row(open.form.current ?? "")?.querySelector('[data-key="0"]') ? pick(0) : notApplicable()) },
    { id: "cannot", group: "score", keys: ["-"], when: scoring, run: () => choose("cannot_judge") },
    { id: "clear-answer", group: "score", keys: ["Backspace", "Delete"], show: ["⌫"], when: scoring, run: clear },
    { id: "confirm", group: "score", keys: ["y"], when: scoring, run: confirmOne },
    { id: "confirm-rest", group: "score", keys: ["Y"], when: scoring, run: confirmRest },
    { id: "reason", group: "score", keys: ["r"], when: scoring, run: () => open.form.current && open.form.say(open.form.row(open.form.current)) },
    { id: "judge", group: "score", keys: ["h"], when: scoring, run: () => open.form.row(open.form.current ?? "")?.querySelector("details.guide")?.toggleAttribute("open") },
    { id: "submit", group: "score", keys: ["Ctrl+Enter"], inFields: true, when: scoring, run: submit },
    { id: "next-call", group: "score", keys: ["N"], when: () => Boolean(document.querySelector("[data-next]")), run: () => document.querySelector("[data-next]").click() },
  ];
  register(...acts.map((act) => ({ shown: able, ...act })));
}

if (words) {
  bindKeys();
  watchList({ words, begin });
  watchDisputes();
  const column = document.getElementById("live-scores");
  const look = () => take(document.querySelector("form[data-evaluation]"));
  if (column) new MutationObserver(look).observe(column, { childList: true, subtree: true });
  look();
  addEventListener("beforeunload", () => open?.saver.flush());
  const led = document.querySelector("[data-begin-now]"); // the queue led here: the evaluation is open at once
  if (led) begin(led.dataset.beginNow === "blind");
}
