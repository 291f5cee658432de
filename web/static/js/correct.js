// Correcting a turn in its place: the form opens in the turn, saves without loading the page, and loses no draft.
import { clock, tell } from "./page.js";
import { dropDraft, keepDraft, readDraft } from "./correct_draft.js";
import { placeDrafts } from "./correct_orphans.js";
import { Disputed, send } from "./correct_send.js";

export function correctTurns({ player, follow, rescore, data }) {
  const template = document.getElementById("turn-editor");
  if (!template) return null;
  const { words } = data;
  let open = null; // {turn, form, was, key}

  const turnAt = (index) => document.getElementById(`turn${index}`);
  const present = () => document.activeElement?.closest?.(".turn") ?? document.querySelector(".turn.now") ?? document.querySelector(".turn");

  function edit(turn, values = null) {
    if (!turn || open?.turn === turn) return;
    if (open && !leave()) return;
    const form = template.content.firstElementChild.cloneNode(true);
    const was = read(turn);
    open = { turn, form, was, key: turn.dataset.key };
    const draft = values ?? readDraft(data.call, open.key);
    fill(form, { ...was, ...draft }, was);
    turn.classList.add("editing");
    turn.append(form);
    if (draft && !values) say(words.draftBack);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      save();
    });
    form.addEventListener("input", () => {
      grow(form.elements.text);
      keepDraft(data.call, open.key, current());
    });
    form.addEventListener("keydown", onKey);
    form.addEventListener("click", onClick);
    grow(form.elements.text);
    form.elements.text.focus();
    form.elements.text.setSelectionRange(form.elements.text.value.length, form.elements.text.value.length);
    turn.scrollIntoView({ block: "nearest" });
  }

  /** Close the form; a draft that was not stored stays in this browser. */
  function leave({ discard = false } = {}) {
    if (!open) return true;
    const { turn, form, key } = open;
    if (discard || !dirty()) dropDraft(data.call, key);
    else tell(words.draftKept);
    open = null;
    form.remove();
    turn.classList.remove("editing");
    turn.classList.toggle("drafted", Boolean(readDraft(data.call, key)));
    turn.focus({ preventScroll: true });
    listLost();
    rescore.catchUp();
    return true;
  }

  const current = () => {
    const { text, speaker, start, end } = open.form.elements;
    return { text: text.value, speaker: speaker.value, start: start.value, end: end.value, at: open.turn.dataset.start };
  };
  const dirty = () => {
    const now = current();
    return now.text.trim() !== open.was.text || now.speaker !== open.was.speaker || now.start !== open.was.start || now.end !== open.was.end;
  };

  function changes() {
    const now = current();
    const fields = { act: "edit", key: open.key };
    if (now.text.trim() !== open.was.text) fields.text = now.text;
    if (now.speaker !== open.was.speaker) fields.speaker = now.speaker;
    if (now.start !== open.was.start || now.end !== open.was.end) Object.assign(fields, { start: now.start, end: now.end });
    return fields;
  }

  async function save(fields = changes()) {
    if (!open) return null;
    if (fields.act === "edit" && !dirty()) {
      leave({ discard: true });
      return null;
    }
    const { form, key } = open;
    busy(form, true);
    say(words.saving);
    try {
      const answer = await send(data.corrections, fields);
      dropDraft(data.call, key);
      open = null;
      rescore.show(answer);
      turnAt(answer.turn)?.focus({ preventScroll: true });
      follow?.refresh();
      if (answer.changed) tell(answer.rescoring ? words.savedScoring : words.saved);
      return answer;
    } catch (error) {
      busy(form, false);
      if (error instanceof Disputed) dispute(error);
      else {
        keepDraft(data.call, key, current());
        say(error.message || words.notSaved, true);
      }
      return null;
    }
  }

  /** Somebody else changed the turn: both versions side by side, and the person chooses. */
  function dispute({ answer }) {
    const mine = current();
    const box = open.form.querySelector(".clash");
    box.replaceChildren(...new DOMParser().parseFromString(answer.html, "text/html").body.childNodes);
    box.hidden = false;
    say(answer.message, true);
    box.querySelector("[data-keep-theirs]").addEventListener("click", () => {
      dropDraft(data.call, open.key);
      open = null;
      rescore.show({ html: answer.transcript });
      follow?.refresh();
    });
    box.querySelector("[data-keep-mine]")?.addEventListener("click", () => {
      const fields = { ...changes(), key: answer.key, text: mine.text };
      if (mine.speaker !== open.was.speaker) fields.speaker = mine.speaker;
      save(fields);
    });
    box.querySelector("button").focus();
  }

  /** Splitting and joining act on stored turns, so what was typed is stored first. */
  async function reshape(make) {
    let turn = open.turn;
    if (dirty()) {
      const stored = await save();
      if (!stored) return;
      turn = turnAt(stored.turn);
      edit(turn);
    }
    const fields = make(turn);
    if (fields) save({ ...fields, key: turn.dataset.key });
  }

  function onKey(event) {
    if (event.isComposing) return; // Enter and Escape belong to the input method
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      leave();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      save();
    } else if (event.key === "Enter" && event.target.matches("textarea")) {
      event.preventDefault(); // a turn is one paragraph
    } else if ((event.key === "." || event.code === "Period") && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      hear();
    }
  }

  function onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-hear]")) hear();
    else if (button.matches("[data-discard]")) leave({ discard: true });
    else if (button.matches("[data-split]")) {
      const field = open.form.elements.text;
      const at = field.selectionStart - (field.value.length - field.value.trimStart().length);
      reshape(() => ({ act: "split", at: Math.max(0, at) }));
    } else if (button.matches("[data-join]")) {
      const by = Number(button.dataset.join);
      reshape((turn) => {
        const other = turnAt(Number(turn.dataset.turn) + by);
        if (!other) return say(words.noNeighbour, true);
        return { act: "join", other: other.dataset.key };
      });
    }
  }

  function hear() {
    const { start, end } = open.turn.dataset;
    if (player && start !== undefined) player.seek(Math.max(0, Number(start) - 0.15), { play: true, until: Number(end) + 0.3 });
  }

  function say(text, trouble = false) {
    const status = open?.form.querySelector(".status");
    if (!status) return;
    status.textContent = text;
    status.classList.toggle("trouble", trouble);
  }

  document.getElementById("turns")?.addEventListener("click", async (event) => {
    const turn = event.target.closest(".turn");
    if (event.target.closest("[data-edit]")) edit(turn);
    const hand = event.target.closest(".hand");
    if (hand) {
      const history = document.getElementById(hand.getAttribute("aria-controls"));
      history.hidden = !history.hidden;
      hand.setAttribute("aria-expanded", String(!history.hidden));
    }
    if (event.target.closest("[data-undo]")) await rescore.act(data.corrections, { act: "undo", key: turn.dataset.key }, turn.dataset.turn);
  });
  for (const turn of document.querySelectorAll("#turns .turn")) turn.classList.toggle("drafted", Boolean(readDraft(data.call, turn.dataset.key)));
  addEventListener("beforeunload", () => open && dirty() && keepDraft(data.call, open.key, current()));

  const listLost = placeDrafts({ data, edit, openKey: () => open?.key });
  return { edit: () => edit(present()), refresh: listLost, isOpen: () => Boolean(open?.form.isConnected) }; // a swap replaces the turns, the form with them
}

/** What stands in the turn now, as the form shows it. */
function read(turn) {
  const text = turn.querySelector("p .text").cloneNode(true);
  for (const mask of text.querySelectorAll(".mask")) mask.replaceWith(mask.dataset.raw);
  const { speaker, start, end } = turn.dataset;
  return { text: text.textContent.trim(), speaker, start: written(start), end: written(end) };
}

/** Seconds as m:ss.hh, so that a person can move them by a tenth. */
function written(seconds) {
  if (seconds === undefined) return "";
  const at = Number(seconds);
  const part = Math.round((at - Math.floor(at)) * 100);
  return part === 100 ? clock(at + 0.5) : `${clock(at)}${part ? `.${String(part).padStart(2, "0").replace(/0$/, "")}` : ""}`;
}

function fill(form, values, was) {
  const { text, speaker, start, end } = form.elements;
  text.value = values.text;
  if (![...speaker.options].some((option) => option.value === was.speaker)) {
    const name = document.querySelector(`.turn[data-speaker="${CSS.escape(was.speaker)}"] .name`)?.textContent ?? was.speaker;
    speaker.prepend(new Option(name, was.speaker));
  }
  speaker.value = values.speaker;
  start.value = values.start;
  end.value = values.end;
  form.querySelector(".times").hidden = !was.start;
  form.querySelector("[data-hear]").hidden = !was.start;
}

function grow(field) {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

function busy(form, on) {
  for (const part of form.elements) part.disabled = on;
}
