// The small editor of comments: over the foot of the page, so that the sound, the transcript and the scorecard stay in sight.
// What is typed is kept in this browser with every stroke; closing, reloading or a lost network costs no word.
import { suggestPeople } from "./comments_people.js";
import { clock, tell } from "./page.js";
import { send } from "./correct_send.js";

const SHOW_COUNT = 0.8; // of the most characters: from here on the count is shown

export function openComposer({ card, facts, data, player, follow, onStored }) {
  const { words, most } = facts;
  const shape = document.getElementById("composer-form");
  let open = null; // {form, key, kind, id, at, turn, token, back}

  const keyOf = (kind, id) => `draft:comment:${data.call}:${kind}${id ?? ""}`;

  function write(at, turn = null) {
    const draft = read(keyOf("new"));
    if (draft?.body) return begin({ kind: "new", ...draft, title: words.new });
    const place = turn ?? (at === null ? null : follow?.turnAt(at)?.element);
    return begin({ kind: "new", at, turn: place?.dataset.turn ?? "", title: words.new });
  }

  const reply = (id, author) => begin({ kind: "reply", id, title: words.reply.replace("{name}", author), ...read(keyOf("reply", id)) });
  const change = (id, body) => begin({ kind: "change", id, title: words.change, body, ...read(keyOf("change", id)) });

  function begin({ kind, id = null, at = null, turn = "", body = "", whole = false, only = false, token = "", title }) {
    if (open?.key === keyOf(kind, id)) return open.form.elements.body.focus();
    close();
    const form = shape.content.firstElementChild.cloneNode(true);
    open = { form, key: keyOf(kind, id), kind, id, at, turn, whole, token: token || name(), back: document.activeElement };
    form.querySelector("[data-title]").textContent = title;
    form.elements.body.value = body;
    if (form.elements.reviewers_only) form.elements.reviewers_only.checked = only;
    form.querySelector("[data-only]")?.toggleAttribute("hidden", kind !== "new");
    for (const part of form.querySelectorAll("[data-where], .nudge")) part.hidden = kind !== "new" || at === null;
    showPlace();
    form.addEventListener("submit", store);
    form.addEventListener("keydown", onKey);
    form.addEventListener("input", typed);
    form.addEventListener("click", onClick);
    document.body.append(form);
    suggestPeople(form, card.dataset.people);
    typed();
    form.elements.body.focus();
    return undefined;
  }

  function showPlace() {
    const where = open.form.querySelector("[data-where]");
    where.textContent = open.whole ? words.whole : words.at.replace("{time}", clock(open.at));
    where.setAttribute("aria-pressed", String(!open.whole));
    open.form.querySelector(".nudge").hidden = open.whole || open.kind !== "new" || open.at === null;
  }

  function typed() {
    const field = open.form.elements.body;
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, 260)}px`;
    const length = [...field.value.trim()].length;
    const over = length - most;
    const count = open.form.querySelector("[data-count]");
    count.textContent = length < most * SHOW_COUNT ? "" : words.count.replace("{count}", length).replace("{most}", most);
    count.classList.toggle("over", over > 0);
    if (over > 0) say(words.over.replace("{over}", over));
    else say("");
    keep();
  }

  function say(text) {
    const alert = open.form.querySelector("[role=alert]");
    if (alert.textContent !== text) alert.textContent = text;
    alert.hidden = !text;
  }

  function keep() {
    const { form, key, at, turn, whole, token } = open;
    const body = form.elements.body.value;
    const only = form.elements.reviewers_only?.checked ?? false;
    try {
      if (body.trim()) localStorage.setItem(key, JSON.stringify({ body, at, turn, whole, only, token }));
      else localStorage.removeItem(key);
    } catch {
      // A browser that keeps nothing: the form itself still holds the words.
    }
  }

  async function store(event) {
    event?.preventDefault();
    const { form, kind, id, at, turn, whole, token, key } = open;
    const body = form.elements.body.value;
    const fields = { body, token };
    if (kind === "reply") fields.parent = id;
    if (kind === "new" && at !== null && !whole) Object.assign(fields, { at: at.toFixed(2), turn });
    if (form.elements.reviewers_only?.checked && kind === "new") fields.reviewers_only = "1";
    const submit = form.querySelector("button:not([type])");
    if (submit.disabled) return;
    submit.disabled = true;
    try {
      const answer = await send(kind === "change" ? `${card.dataset.address}/${id}` : card.dataset.address, fields);
      forget(key);
      if (open?.form === form) close();
      onStored(answer);
      tell(words.saved);
    } catch (error) {
      if (open?.form === form) {
        say(error.message || words.notSaved);
        form.elements.body.focus();
      } else tell(error.message || words.notSaved);
    } finally {
      submit.disabled = false;
    }
  }

  function close() {
    if (!open) return;
    const { form, back } = open;
    open = null;
    const inside = form.contains(document.activeElement);
    form.remove();
    if (inside && back?.isConnected) back.focus({ preventScroll: true });
    hint();
  }

  function onKey(event) {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      store();
    }
  }

  function onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-close]")) close();
    else if (button.matches("[data-throw]")) {
      forget(open.key);
      open.form.elements.body.value = "";
      close();
    } else if (button.matches("[data-where]")) {
      open.whole = !open.whole;
      showPlace();
      keep();
    } else if (button.matches("[data-nudge]")) {
      open.at = Math.min(Math.max(0, open.at + Number(button.dataset.nudge)), player?.duration || Infinity);
      player?.seek(open.at);
      showPlace();
      keep();
    }
  }

  /** A draft that waits is shown on the button that opens it. */
  function hint() {
    const waiting = Boolean(read(keyOf("new"))?.body);
    for (const button of document.querySelectorAll("[data-write]")) {
      button.classList.toggle("waiting", waiting);
      button.title = waiting ? words.draft : (button.getAttribute("aria-label") ?? "");
    }
  }

  hint();
  return { write, reply, change, close };
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}

/** A name for this comment that nobody else gives: sent twice, it is stored once. */
function name() {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`; // randomUUID needs https or this machine
}
