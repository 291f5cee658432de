// Clips heard in place: one sound for all of them, each playing exactly its stretch of the call; a playlist plays through.
import { clock } from "./page.js";

const sound = new Audio();
sound.preload = "metadata";
let now = null; // the clip's player that has the sound
let through = false; // one clip after the other

const start = (box) => Number(box.dataset.start);
const end = (box) => Number(box.dataset.end);

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

async function play(box) {
  const here = now === box && sound.currentTime > start(box) - 0.05 && sound.currentTime < end(box) - 0.05;
  if (!(await take(box, here ? sound.currentTime : start(box)))) return;
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
  following.closest(".clip").scrollIntoView({ block: "nearest" });
  play(following);
}

function frame() {
  if (!now || sound.paused) return;
  if (sound.currentTime >= end(now)) {
    stop();
    sound.currentTime = end(now);
    show(now, end(now));
    if (through) next();
    return;
  }
  show(now, sound.currentTime);
  requestAnimationFrame(frame);
}

sound.addEventListener("play", () => {
  for (const box of document.querySelectorAll(".clip-player")) box.classList.toggle("playing", box === now);
  requestAnimationFrame(frame);
});
sound.addEventListener("pause", () => now?.classList.remove("playing"));
sound.addEventListener("timeupdate", () => now && !sound.paused && sound.currentTime >= end(now) && frame()); // a hidden tab draws no frames
sound.addEventListener("error", () => {
  now?.classList.add("silent");
  if (through) next();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play], [data-play-all]");
  if (!button) return;
  if (button.matches("[data-play-all]")) {
    const first = document.querySelector(".clip-player[data-audio]");
    through = true;
    now = null;
    if (first) play(first);
    return;
  }
  const box = button.closest(".clip-player");
  if (now === box && !sound.paused) stop();
  else play(box);
});
document.addEventListener("input", (event) => {
  const box = event.target.closest(".clip-player");
  if (box) take(box, start(box) + Number(event.target.value));
});
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input:not([type=range]), textarea, select, button, a, summary") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key !== " " && event.code !== "KeyK") return;
  event.preventDefault();
  const box = now ?? document.querySelector(".clip-player[data-audio]");
  if (!box) return;
  if (!sound.paused) stop();
  else play(box);
});
