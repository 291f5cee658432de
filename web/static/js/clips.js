// Clips heard in place: one sound for all of them, each playing exactly its stretch; a playlist plays through.
// J and K go from clip to clip, Space plays and pauses the one the keyboard stands on.
import { paused, playing, report } from "./clips_heard.js";
import "./clips_praise.js";
import "./once.js";
import { clock } from "./page.js";

const sound = new Audio();
sound.preload = "metadata";
let now = null; // the clip's player that has the sound
let through = false; // one clip after the other

const start = (box) => Number(box.dataset.start);
const end = (box) => Number(box.dataset.end);
const items = () => [...document.querySelectorAll("[data-item]")];

function show(box, second) {
  const within = Math.min(Math.max(0, second - start(box)), end(box) - start(box));
  box.querySelector("input").value = within;
  box.querySelector("[data-now]").textContent = clock(within);
}

/** Give the sound to a clip at a second of its call; it waits for the recording's length when that is new. */
async function take(box, second) {
  if (now !== box) {
    now?.classList.remove("playing");
    now = box;
    const wanted = new URL(box.dataset.audio, location.href).href;
    if (sound.src !== wanted) {
      sound.src = wanted;
      await new Promise((done) => sound.addEventListener("loadedmetadata", done, { once: true }));
      if (now !== box) return false;
    }
  }
  sound.currentTime = second;
  show(box, second);
  return true;
}

/** Where a clip goes on: where it stands, where it was left off another day, or at its beginning. */
function place(box) {
  if (now === box && sound.currentTime > start(box) - 0.05 && sound.currentTime < end(box) - 0.05) return sound.currentTime;
  return start(box) + (now === box ? 0 : Number(box.dataset.place ?? 0));
}

async function play(box) {
  if (!(await take(box, place(box)))) return;
  await sound.play().catch(() => {});
}

function stop() {
  sound.pause();
}

function next() {
  const all = [...document.querySelectorAll(".clip-player[data-audio]")];
  const following = all[all.indexOf(now) + 1];
  if (!following) {
    through = false;
    return;
  }
  goTo(following.closest("[data-item]"));
  play(following);
}

function over() {
  if (!now) return;
  playing(now, Math.min(sound.currentTime, end(now)) - start(now));
  report();
  delete now.dataset.place;
  show(now, end(now));
  if (through) next();
}

function frame() {
  if (!now || sound.paused) return;
  if (sound.currentTime >= end(now)) {
    stop();
    sound.currentTime = end(now);
    over();
    return;
  }
  playing(now, sound.currentTime - start(now));
  show(now, sound.currentTime);
  requestAnimationFrame(frame);
}

sound.addEventListener("play", () => {
  for (const box of document.querySelectorAll(".clip-player")) box.classList.toggle("playing", box === now);
  requestAnimationFrame(frame);
});
sound.addEventListener("pause", () => {
  now?.classList.remove("playing");
  paused();
});
sound.addEventListener("ended", over); // a piece cut on the server may be a fiftieth of a second shorter
sound.addEventListener("timeupdate", () => now && !sound.paused && document.hidden && frame()); // a hidden tab draws no frames
sound.addEventListener("error", () => {
  now?.classList.add("silent");
  if (through) next();
});

function toggle(box) {
  if (!box?.dataset.audio) return;
  if (now === box && !sound.paused) stop();
  else play(box);
}

function current() {
  return document.activeElement?.closest?.("[data-item]") ?? document.querySelector("[data-item].here");
}

function goTo(item) {
  for (const other of document.querySelectorAll("[data-item].here")) other.classList.remove("here");
  item.classList.add("here");
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = items();
  const at = all.indexOf(current());
  const item = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
  if (item) goTo(item);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play], [data-play-all]");
  if (!button) return;
  if (button.matches("[data-play-all]")) {
    const all = [...document.querySelectorAll(".clip-player[data-audio]")];
    through = true;
    now = null;
    const first = all.find((box) => !box.closest(".clip").classList.contains("heard")) ?? all[0];
    if (first) play(first);
    return;
  }
  toggle(button.closest(".clip-player"));
});
document.addEventListener("input", (event) => {
  const box = event.target.closest(".clip-player");
  if (box?.dataset.audio) take(box, start(box) + Number(event.target.value));
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input:not([type=range], [type=checkbox], [type=radio]), textarea, select, dialog[open]")) return;
  if (event.code === "KeyJ" || event.code === "KeyK") {
    event.preventDefault();
    step(event.code === "KeyJ" ? 1 : -1);
  } else if (event.key === " " && !event.target.closest("button, a, summary, input")) {
    event.preventDefault();
    toggle((current() ?? now?.closest("[data-item]") ?? items()[0])?.querySelector(".clip-player"));
  } else if (event.key === "/") {
    const search = document.getElementById("search");
    if (!search) return;
    event.preventDefault();
    search.focus();
  }
});
for (const box of document.querySelectorAll(".clip-player[data-place]")) show(box, start(box) + Number(box.dataset.place));
for (const facets of document.querySelectorAll("[data-facets]")) facets.open = innerWidth > 900;
