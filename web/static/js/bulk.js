// Many calls at once: ticked one by one, in a stretch, or all that match; then one act on them, left to the workers.
import { addKey, current } from "./listkeys.js";
import { fillPeople } from "./people.js";

const data = JSON.parse(document.getElementById("bulk-data").textContent);
const words = data.words;
const bar = document.getElementById("bulk");
const box = document.getElementById("bulk-window");
const form = box.querySelector("form");
const chosen = new Set();
const number = new Intl.NumberFormat(data.language);
const AWAY = "bulk:away";
const LOOK = 1000; // ms between two looks at what the workers do
let everything = null; // {count, last} when all that match are meant
let last = null; // the line ticked last: a stretch begins there
let act = "";
let running = null; // the act the workers are at, while this page looks on
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

function open(name) {
  if (name === "assign") fillPeople(part("people"), data.peopleUrl, ({ name, open }) => fill(words.waiting, { name, n: open })).then(() => part("people").querySelector("input")?.focus());
  act = name;
  changed = false;
  document.getElementById("bulk-title").textContent = words.titles[name];
  part("many").textContent = fill(words.calls, { n: everything ? everything.count : chosen.size });
  for (const field of form.querySelectorAll("[data-for]")) {
    field.hidden = field.dataset.for !== name;
    for (const input of field.querySelectorAll("input, select")) input.disabled = field.hidden;
  }
  for (const name of ["progress", "result", "trouble", "stop", "away"]) part(name).hidden = true;
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

const send = (more) => look(data.urls[act], { method: "POST", body: body(more) });

class Refusal extends Error {}

/** Which calls: those ticked, or all that matched when they were counted. */
const which = () => (everything ? { all: "1", query: data.query, last: String(everything.last) } : { ids: [...chosen].join(",") });

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function look(address, more = {}) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, ...more });
  const told = await answer.json().catch(() => null);
  if (!answer.ok || !told?.ok) throw new Refusal(told?.message ?? words.lost);
  return told;
}

/** Look on while the workers do it; a server that does not answer for a moment stops nothing. */
async function follow(told) {
  running = told;
  let failures = 0;
  while (told.active && box.open) {
    draw(told);
    await pause(LOOK);
    try {
      told = await look(told.progress);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures > 20) throw error;
    }
  }
  running = null;
  return told;
}

function draw(told) {
  const through = told.done + told.same + told.refused;
  part("progress").hidden = false;
  part("stop").hidden = !told.active;
  part("away").hidden = !told.active;
  part("progress").querySelector("progress").value = told.total ? Math.min(1, through / told.total) : 1;
  part("so-far").textContent = fill(words.soFar, { done: through, all: told.total });
}

async function go() {
  part("go").disabled = true;
  part("progress").hidden = false;
  part("trouble").hidden = true;
  try {
    finish(await follow(await send(which())));
  } catch (error) {
    part("trouble").textContent = error instanceof Refusal ? error.message : words.lost;
    part("trouble").hidden = false;
    part("go").disabled = false;
    part("progress").hidden = true;
  }
}

function finish(told) {
  changed ||= told.done > 0;
  if (told.active) return; // the window was closed: the workers go on
  for (const name of ["go", "stop", "away", "progress"]) part(name).hidden = true;
  if (told.failed) {
    part("trouble").textContent = told.failed;
    part("trouble").hidden = false;
  }
  report(told);
}

function report(told) {
  const facts = { done: told.done, same: told.same, left: told.refused };
  part("sum").textContent = `${fill(words.sum, facts)}${told.stopped ? ` ${words.stopped}` : ""}`;
  const list = part("left");
  list.replaceChildren(
    ...told.left.map((one) => {
      const line = document.createElement("li");
      const link = document.createElement("a");
      link.href = one.url;
      link.textContent = fill(words.call, { id: String(one.id) });
      line.append(link, ` – ${one.why}`);
      return line;
    }),
  );
  if (told.refused > told.left.length) {
    const rest = document.createElement("li");
    rest.textContent = fill(words.andMore, { n: told.refused - told.left.length });
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
  if (event.target.closest("[data-stop]") && running) look(running.cancel, { method: "POST", body: body({}) }).catch(() => {});
});
box.addEventListener("close", () => {
  if (running) sessionStorage.setItem(AWAY, running.progress); // left to the workers: it is not shown again by itself
  else if (changed) location.reload();
});
bar.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.act) open(button.dataset.act);
  else if (button?.dataset.calibrate) location.href = `${button.dataset.calibrate}?calls=${[...(everything ? picks().map((pick) => pick.value) : chosen)].slice(0, 50).join(",")}`;
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
if (data.running && sessionStorage.getItem(AWAY) !== data.running.progress) {
  // Asked for before, on a page that was closed since: the workers are still at it.
  open(data.running.act);
  for (const field of form.querySelectorAll("[data-for]")) field.hidden = true;
  part("many").textContent = "";
  part("go").hidden = true;
  follow(data.running)
    .then(finish)
    .catch(() => box.close());
}
