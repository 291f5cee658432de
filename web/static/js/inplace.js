// Plays a place of a call where it is listed: one sound at a time, under its line, from its first second to its last.
import { clock } from "./page.js";

const LEAD = 0.3; // seconds heard before a place: a word's first sound is easily cut
const TAIL = 0.4;

const sound = new Audio();
sound.preload = "none";
let now = null; // {button, spans, at, player}

export function toggle(button) {
  if (now?.button === button) {
    if (sound.paused) resume();
    else sound.pause();
  } else play(button);
}

export function stop() {
  sound.pause();
  if (!now) return;
  now.button.setAttribute("aria-pressed", "false");
  now.player.remove();
  now = null;
}

function play(button) {
  stop();
  const spans = readSpans(button.dataset.spans);
  const player = open(button, spans);
  now = { button, spans, at: 0, player };
  button.setAttribute("aria-pressed", "true");
  if (sound.getAttribute("src") !== button.dataset.play) sound.setAttribute("src", button.dataset.play);
  if (sound.readyState >= 1) begin();
  else {
    sound.addEventListener("loadedmetadata", begin, { once: true });
    sound.load();
  }
}

function begin() {
  if (!now) return;
  sound.currentTime = now.spans[now.at].from;
  resume();
}

function resume() {
  const wanted = now;
  sound.play().catch((error) => {
    if (error.name !== "AbortError" && now === wanted) complain();
  });
}

/** "61.5-66.2,70-74.1" as places with a little before and after; the last one may be left running by hand. */
function readSpans(text) {
  return text.split(",").map((piece) => {
    const [from, to] = piece.split("-").map(Number);
    return { from: Math.max(0, from - LEAD), to: to + TAIL };
  });
}

function open(button, spans) {
  const player = document.getElementById("mini-player").content.firstElementChild.cloneNode(true);
  const seek = part(player, "seek");
  seek.min = String(spans[0].from);
  seek.max = String(spans.at(-1).to);
  seek.value = seek.min;
  part(player, "toggle").addEventListener("click", () => toggle(button));
  part(player, "close").addEventListener("click", () => {
    stop();
    button.focus();
  });
  part(player, "back").addEventListener("click", () => go(Math.max(0, sound.currentTime - 5)));
  seek.addEventListener("input", () => go(Number(seek.value)));
  part(player, "clock").textContent = clock(spans[0].from);
  (button.closest("[data-player-here], [data-item]") ?? button.parentElement).append(player);
  return player;
}

function go(second) {
  if (!now || sound.readyState < 1) return;
  now.at = Math.max(0, now.spans.findIndex((span) => second < span.to));
  sound.currentTime = second;
}

function part(player, name) {
  return player.querySelector(`[data-mini="${name}"]`);
}

function complain() {
  if (now) part(now.player, "trouble").hidden = false;
}

sound.addEventListener("timeupdate", () => {
  if (!now) return;
  const second = sound.currentTime;
  const seek = part(now.player, "seek");
  if (document.activeElement !== seek || !sound.paused) seek.value = String(second);
  seek.setAttribute("aria-valuetext", clock(second));
  part(now.player, "clock").textContent = clock(second);
  part(now.player, "open").href = `${now.button.dataset.page}?t=${second.toFixed(1)}&play=1`;
  if (sound.paused || second < now.spans[now.at].to) return;
  if (now.at + 1 < now.spans.length) {
    now.at += 1;
    if (now.spans[now.at].from > second) sound.currentTime = now.spans[now.at].from;
  } else {
    sound.pause();
    now.at = 0;
    sound.currentTime = now.spans[0].from;
  }
});

for (const kind of ["play", "pause"])
  sound.addEventListener(kind, () => {
    if (!now) return;
    const button = part(now.player, "toggle");
    button.setAttribute("aria-label", sound.paused ? button.dataset.go : button.dataset.pause);
    button.querySelector("[data-playing]").hidden = sound.paused;
    button.querySelector("[data-paused]").hidden = !sound.paused;
    now.button.classList.toggle("sounding", !sound.paused);
  });
sound.addEventListener("error", complain);

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-play]");
  if (button) toggle(button);
});
