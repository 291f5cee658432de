// What was really played of a playlist's clips, told to the server in small steps; a step that does not get through is
// told again with the next one, so that a broken network loses nothing.
const STEP = 5; // seconds of sound between two reports

const task = document.querySelector("[data-heard-at]");
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
let clip = null; // the clip being played
let from = 0; // where the piece not told yet begins, in seconds of the clip
let until = 0;
let sending = Promise.resolve();

/** Playing goes on at a second of a clip; a jump begins a new piece. */
export function playing(box, second) {
  if (!task) return;
  if (clip !== box || second < until - 0.3 || second > until + 1.5) {
    report();
    [clip, from, until] = [box, second, second];
    return;
  }
  until = second;
  if (until - from >= STEP) report();
}

/** Tell what was played up to now. */
export function report() {
  if (!task || !clip || until - from < 0.2) return;
  const told = { box: clip, clip: clip.dataset.clip, start: from.toFixed(2), end: until.toFixed(2) };
  from = until;
  sending = sending.then(() => send(told, 3));
}

async function send({ box, ...fields }, tries) {
  const answer = await fetch(task.dataset.heardAt, {
    method: "POST",
    keepalive: true, // a page that is being left still tells
    headers: { Accept: "application/json", "X-CSRFToken": token() },
    body: new URLSearchParams(fields),
  }).catch(() => null);
  if (answer?.ok) return show(box, await answer.json());
  if (answer && answer.status < 500) return undefined;
  if (tries <= 1) return undefined;
  await new Promise((done) => setTimeout(done, 2000));
  return send({ box, ...fields }, tries - 1);
}

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
