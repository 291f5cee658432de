// The page after a correction: the new transcript at once, the new scores as soon as they are made. Nothing reloads.
import { tell } from "./page.js";
import { send } from "./correct_send.js";

const ASK_EVERY = 700; // ms
const JUDGED = ["live-judgement", "live-objections", "live-score", "live-closing"]; // what an act that changes scores answers with
const CALM = 400; // ms of quiet after such an act until the rest of the page is read anew: all of a long call takes long
const ASK_AT_MOST = 400; // times; the workers may be away, and the page says what it knows

export function keepLive({ data, onNew, busy }) {
  const { words } = data;
  let asking = false;
  let late = false; // new scores came while a turn was being edited

  /** Put the answer's transcript in its place and wait for new scores when there will be some. */
  function show(answer) {
    if (answer.html) replaceParts(new DOMParser().parseFromString(answer.html, "text/html"));
    onNew();
    if (answer.note) notice(answer.note);
    if (answer.rescoring) wait();
  }

  /** Post an act that needs no form (swap, undo), and show what it left. */
  async function act(address, fields, turn = null) {
    try {
      const answer = await send(address, fields);
      show(answer);
      if (turn !== null) document.getElementById(`turn${answer.turn}`)?.focus({ preventScroll: true });
      return answer;
    } catch (error) {
      tell(error.message || words.notSaved);
      if (error.answer) show({ html: error.answer.transcript });
      return null;
    }
  }

  async function wait() {
    mark(true);
    if (asking) return;
    asking = true;
    for (let n = 0; n < ASK_AT_MOST; n += 1) {
      await new Promise((done) => setTimeout(done, ASK_EVERY));
      const state = await fetch(data.corrections, { headers: { Accept: "application/json" } })
        .then((response) => (response.ok ? response.json() : null))
        .catch(() => null);
      if (state && !state.rescoring) break;
    }
    asking = false;
    if (busy()) late = true;
    else await reread();
  }

  /** The page's newer parts, all but those named in `leave`. */
  async function reread({ quiet = false, leave = [] } = {}) {
    if (late) leave = []; // what waited comes with it
    late = false;
    const address = new URL(location.href);
    const html = await fetch(address.pathname + address.search, { headers: { Accept: "text/html" } })
      .then((response) => (response.ok ? response.text() : ""))
      .catch(() => "");
    if (!html) return;
    const fresh = new DOMParser().parseFromString(html, "text/html");
    replaceParts(fresh, (id) => !leave.includes(id));
    onNew(JSON.parse(fresh.getElementById("page-data").textContent));
    if (!quiet) tell(words.scored);
  }

  let resting;
  /** What an act answered with stands at once; with `rest` the marks on sound and words follow when it is quiet. */
  function put(html, { rest = true } = {}) {
    clearTimeout(resting);
    replaceParts(new DOMParser().parseFromString(html, "text/html"), (id) => JUDGED.includes(id));
    onNew(null);
    if (rest) resting = setTimeout(() => reread({ quiet: true, leave: ["live-scores", ...JUDGED] }), CALM);
  }

  if (document.querySelector("[data-rescoring]:not([hidden])")) wait();
  return { show, act, put, catchUp: () => late && reread(), reread };
}

/** Every part of the page that can change, from the same part of a newer one. */
function replaceParts(fresh, wanted = () => true) {
  for (const part of document.querySelectorAll("[data-live]")) {
    if (!wanted(part.id)) continue;
    const newer = fresh.getElementById(part.id);
    if (!newer) continue;
    for (const { name, value } of newer.attributes) if (name !== "style") part.setAttribute(name, value);
    const open = [...part.querySelectorAll("details")].map((one) => one.open);
    const told = [...part.querySelectorAll(".history:not([hidden])")].map((one) => one.id);
    const focused = part.contains(document.activeElement) ? document.activeElement.closest("[id]").id : "";
    part.replaceChildren(...newer.childNodes);
    [...part.querySelectorAll("details")].forEach((one, n) => (one.open = open[n] ?? one.open));
    for (const id of told) {
      document.getElementById(id)?.removeAttribute("hidden");
      part.querySelector(`[aria-controls="${id}"]`)?.setAttribute("aria-expanded", "true");
    }
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true }); // the keyboard goes on where it was
    window.htmx?.process(part);
  }
}

function mark(on) {
  for (const sign of document.querySelectorAll("[data-rescoring]")) sign.hidden = !on;
}

/** A sentence that stays until the page is left: beside the parts that new scores replace. */
function notice(text) {
  const line = document.createElement("p");
  line.className = "notice";
  line.setAttribute("role", "status");
  line.textContent = text;
  document.getElementById("transcript-notices")?.after(line);
}
