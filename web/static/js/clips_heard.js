// What was really played of a playlist's clips, told to the server in small steps, one after the other; a step that does
// not get through is told again, so that a broken network loses nothing.
const STEP = 5; // seconds of sound between two reports
const TRIES = 20;
const SLOWEST = 2; // of a rest that is told later: somewhat below the three seconds of sound a second that are believed

const task = document.querySelector("[data-heard-at]");
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
let clip = null; // the clip being played
let from = 0; // where the piece not told yet begins, in seconds of the clip
let until = 0;
let seen = 0; // when that was, in milliseconds; 0 while nothing plays
let sending = Promise.resolve();

/** Playing goes on at a second of a clip; a jump begins a new piece, a page that stood still for a while does not. */
export function playing(box, second) {
  if (!task) return;
  const passed = seen ? (performance.now() - seen) / 1000 : 0;
  seen = performance.now();
  if (clip !== box || second < until - 0.3 || second > until + passed + 1.5) {
    report();
    [clip, from, until] = [box, second, second];
    return;
  }
  until = second;
  if (until - from >= STEP) report();
}

/** The sound was stopped: what follows begins anew. */
export function paused() {
  report();
  seen = 0;
}

/** Tell what was played up to now. */
export function report() {
  if (!task || !clip || until - from < 0.2) return;
  const told = { box: clip, clip: clip.dataset.clip, start: from.toFixed(2), end: until.toFixed(2) };
  from = until;
  sending = sending.then(() => send(told));
}

// No answer: once more, later and later. What is believed ends before what was told (more came in a row than can have
// been played meanwhile, after a broken network): the rest is told when time for it has passed.
async function send({ box, ...fields }) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const answer = await fetch(task.dataset.heardAt, {
      method: "POST",
      keepalive: true, // a page that is being left still tells
      headers: { Accept: "application/json", "X-CSRFToken": token() },
      body: new URLSearchParams(fields),
    }).catch(() => null);
    if (answer && !answer.ok && answer.status < 500) return;
    if (!answer?.ok) {
      await wait(Math.min(2 ** (tries + 1), 15));
      continue;
    }
    const now = await answer.json();
    show(box, now);
    const [start, end] = [Number(fields.start), Number(fields.end)];
    const believed = now.place < start ? start : now.place;
    if (now.done || believed > end - 0.3) return;
    fields.start = believed.toFixed(2);
    await wait((end - believed) / SLOWEST);
  }
}

const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

function show(box, { done, heard, clips }) {
  const card = box.closest(".clip");
  card.classList.toggle("heard", done);
  const chip = card.querySelector("[data-is-heard]");
  if (chip) chip.hidden = !done;
  const words = task.querySelector("[data-heard-count]");
  words.textContent = words.dataset.words.replace("{heard}", heard).replace("{clips}", clips);
  task.querySelector("[data-heard-bar]").value = heard;
  if (clips && heard >= clips) {
    task.querySelector("[data-assess]").hidden = false;
    task.querySelector("[data-assess-later]")?.remove();
  }
}

addEventListener("pagehide", report);
document.addEventListener("visibilitychange", () => document.hidden && report());
