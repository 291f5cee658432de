// Many calls at once: ticked one by one, in a stretch, or all that match; then one act on them, slice by slice.
import { addKey, current } from "./listkeys.js";

const data = JSON.parse(document.getElementById("bulk-data").textContent);
const words = data.words;
const bar = document.getElementById("bulk");
const box = document.getElementById("bulk-window");
const form = box.querySelector("form");
const chosen = new Set();
const number = new Intl.NumberFormat(data.language);
const MOST_SHOWN = 50; // calls listed by name that could not be done
let everything = null; // {count, last} when all that match are meant
let last = null; // the line ticked last: a stretch begins there
let act = "";
let stopped = false;
let changed = false;

const picks = () => [...document.querySelectorAll("input[data-pick]")];
const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_whole, name) => (typeof facts[name] === "number" ? number.format(facts[name]) : facts[name]));
const part = (name) => form.querySelector(`[data-${name}]`);

function show() {
  for (const pick of picks()) pick.checked = everything !== null || chosen.has(pick.value);
  bar.hidden = everything === null && chosen.size === 0;
  bar.querySelector("[data-count]").textContent = fill(everything ? words.everything : words.selected, { n: everything ? everything.count : chosen.size });
  bar.querySelector("[data-everything]").hidden = everything !== null;
  document.body.classList.toggle("has-bulk", !bar.hidden);
}

function set(pick, on) {
  everything = null;
  if (on) chosen.add(pick.value);
  else chosen.delete(pick.value);
}

/** Tick a line, or with `stretch` everything from the line ticked before up to it. */
function tick(pick, on, stretch) {
  const all = picks();
  const from = stretch && last ? all.findIndex((other) => other.value === last) : -1;
  const to = all.indexOf(pick);
  if (from >= 0) for (let n = Math.min(from, to); n <= Math.max(from, to); n += 1) set(all[n], true);
  else set(pick, on);
  last = pick.value;
  show();
}

function clear() {
  chosen.clear();
  everything = null;
  last = null;
  show();
}

async function chooseEverything() {
  try {
    const answer = await fetch(`${data.countUrl}?${data.query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    everything = await answer.json();
    chosen.clear();
  } catch {
    everything = null;
  }
  show();
}

/** Who can be given calls, asked for when it is needed: it changes with everybody's work. */
async function fillPeople() {
  const list = document.getElementById("bulk-person");
  if (list.options.length) return;
  const answer = await fetch(data.peopleUrl, { headers: { Accept: "application/json" } }).catch(() => null);
  for (const one of (answer?.ok ? await answer.json() : { people: [] }).people) list.add(new Option(fill(words.waiting, { name: one.name, n: one.open }), one.id));
}

function open(name) {
  if (name === "assign") fillPeople();
  act = name;
  stopped = false;
  changed = false;
  document.getElementById("bulk-title").textContent = words.titles[name];
  part("many").textContent = fill(words.calls, { n: everything ? everything.count : chosen.size });
  for (const field of form.querySelectorAll("[data-for]")) {
    field.hidden = field.dataset.for !== name;
    for (const input of field.querySelectorAll("input, select")) input.disabled = field.hidden;
  }
  for (const name of ["progress", "result", "trouble", "stop"]) part(name).hidden = true;
  part("go").hidden = false;
  part("go").disabled = false;
  box.showModal();
  form.querySelector("[data-for]:not([hidden]) :is(input, select)")?.focus();
}

/** The form's own fields with which calls they are about. */
function body(more) {
  const sent = new FormData(form);
  sent.set("csrf_token", form.dataset.csrf);
  for (const [name, value] of Object.entries(more)) sent.set(name, value);
  return sent;
}

async function send(more) {
  const answer = await fetch(data.urls[act], { method: "POST", body: body(more), headers: { Accept: "application/json" } });
  const told = await answer.json().catch(() => null);
  if (!answer.ok || !told?.ok) throw new Refusal(told?.message ?? words.lost);
  return told;
}

class Refusal extends Error {}

/** The slices one after the other: ids in handfuls, or all that match behind the last call dealt with. */
async function* slices() {
  if (everything) {
    let after = 0;
    do {
      const told = await send({ all: "1", query: data.query, after: String(after), last: String(everything.last) });
      yield told;
      after = told.next;
    } while (after !== null && !stopped);
    return;
  }
  const ids = [...chosen];
  for (let at = 0; at < ids.length && !stopped; at += data.slice) yield await send({ ids: ids.slice(at, at + data.slice).join(",") });
}

async function go() {
  const all = everything ? everything.count : chosen.size;
  const sum = { done: 0, same: 0, left: [] };
  part("go").disabled = true;
  part("progress").hidden = false;
  part("stop").hidden = all <= data.slice;
  part("trouble").hidden = true;
  try {
    for await (const told of slices()) {
      sum.done += told.done;
      sum.same += told.same;
      sum.left.push(...told.left);
      changed ||= told.done > 0;
      const through = sum.done + sum.same + sum.left.length;
      part("progress").querySelector("progress").value = all ? Math.min(1, through / all) : 1;
      part("so-far").textContent = fill(words.soFar, { done: through, all });
    }
    part("go").hidden = true;
  } catch (error) {
    part("trouble").textContent = error instanceof Refusal ? error.message : words.lost;
    part("trouble").hidden = false;
    part("go").disabled = false;
    if (!changed) part("progress").hidden = true;
    if (!sum.done) return;
  }
  part("stop").hidden = true;
  part("progress").hidden = true;
  report(sum);
}

function report(sum) {
  const facts = { done: sum.done, same: sum.same, left: sum.left.length };
  part("sum").textContent = `${fill(words.sum, facts)}${stopped ? ` ${words.stopped}` : ""}`;
  const list = part("left");
  list.replaceChildren(
    ...sum.left.slice(0, MOST_SHOWN).map((one) => {
      const line = document.createElement("li");
      const link = document.createElement("a");
      link.href = one.url;
      link.textContent = fill(words.call, { id: String(one.id) });
      line.append(link, ` – ${one.why}`);
      return line;
    }),
  );
  if (sum.left.length > MOST_SHOWN) {
    const rest = document.createElement("li");
    rest.textContent = fill(words.andMore, { n: sum.left.length - MOST_SHOWN });
    list.append(rest);
  }
  part("result").hidden = false;
  part("result").focus();
}

/** A file comes as the answer to an ordinary form: the browser stores it and the page stays. */
function download() {
  const sent = document.createElement("form");
  sent.method = "post";
  sent.action = data.urls.export;
  const facts = everything ? { all: "1", query: data.query } : { ids: [...chosen].join(",") };
  for (const [name, value] of body(facts)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    sent.append(field);
  }
  document.body.append(sent);
  sent.submit();
  sent.remove();
  box.close();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (act === "export") download();
  else go();
});
box.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) box.close();
  if (event.target.closest("[data-stop]")) stopped = true;
});
box.addEventListener("close", () => {
  stopped = true;
  if (changed) location.reload();
});
bar.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.act) open(button.dataset.act);
  else if (button?.matches("[data-clear]")) clear();
  else if (button?.matches("[data-everything]")) chooseEverything();
});
document.addEventListener("click", (event) => {
  const pick = event.target.closest?.("input[data-pick]");
  if (pick) tick(pick, pick.checked, event.shiftKey);
});
// Rows are sent anew while calls on them are worked on: what was ticked stays ticked.
document.addEventListener("htmx:afterSettle", show);

const pickOf = (line) => line?.closest("[data-call]")?.querySelector("input[data-pick]");
addKey("x", (line) => {
  const pick = pickOf(line);
  if (pick) tick(pick, !pick.checked, false);
});
addKey("shift+x", (line) => {
  const pick = pickOf(line);
  if (pick) tick(pick, true, true);
});
addKey("a", () => {
  const all = picks();
  const on = !all.every((pick) => pick.checked);
  for (const pick of all) set(pick, on);
  show();
});
addKey("shift+a", chooseEverything);
addKey("t", () => {
  if (!bar.hidden && bar.querySelector("[data-act=tag]")) open("tag");
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !box.open && !bar.hidden && !current()?.querySelector(".mini")) clear();
});
show();
