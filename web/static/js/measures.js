// A figure's stretches drawn on the player: open one figure, and its places stand on the waveform; N steps through them.
import { clock, intoColumn, tell as announce } from "./page.js";

const LEAD = 0.15;
const TAIL = 0.35;
const NEAR = 3; // seconds from a mark within which the next key goes on from it

export function drawMeasures(player) {
  const layer = document.getElementById("measured");
  const sign = document.getElementById("measuring");
  let places = []; // {button, mark, start, end}
  let at = -1;
  let stepped = null; // the mark last come to by key

  const chosen = () => document.querySelector("details.measure[open]");

  function refresh() {
    const box = chosen();
    const whole = player.duration || player.data.duration;
    at = -1;
    places = [...(box?.querySelectorAll("button[data-at]") ?? [])].map((button) => {
      const start = Number(button.dataset.at);
      const end = Math.max(start, Number(button.dataset.end));
      const mark = document.createElement("i");
      mark.className = `place ${button.dataset.lane}`;
      mark.title = `${button.closest(".measure").querySelector(".dt").firstChild.textContent} ${clock(start)}`;
      if (whole) {
        mark.style.left = `${(start / whole) * 100}%`;
        mark.style.width = `${((end - start) / whole) * 100}%`;
      }
      return { button, mark, start, end };
    });
    layer.replaceChildren(...places.map((place) => place.mark));
    sign.hidden = !places.length;
    if (box) sign.querySelector("b").textContent = box.querySelector(".dt").firstChild.textContent;
    tell();
  }

  function tell() {
    sign.querySelector("output").textContent = at < 0 ? `${places.length}` : `${at + 1} / ${places.length}`;
    places.forEach(({ button, mark }, n) => {
      button.classList.toggle("on", n === at);
      mark.classList.toggle("on", n === at);
    });
  }

  function play(n) {
    at = (n + places.length) % places.length;
    const { start, end, button } = places[at];
    player.seek(Math.max(0, start - LEAD), { play: true, until: end + Math.max(TAIL, 1.2 - (end - start)) });
    const box = button.closest(".places");
    box.scrollTop += Math.max(0, button.offsetTop + button.offsetHeight - box.offsetTop - box.clientHeight - box.scrollTop);
    box.scrollTop = Math.min(box.scrollTop, button.offsetTop - box.offsetTop);
    intoColumn(button);
    tell();
  }

  function step(by) {
    if (!places.length) return stepMarks(by);
    if (at >= 0) return play(at + by);
    const ahead = places.findIndex(({ start }) => start > player.now + 0.3);
    play(by > 0 ? Math.max(0, ahead) : (ahead < 0 ? places.length : ahead) - 1);
  }

  /** Nothing chosen: flags, pauses, talk-over, comments and objections in turn. */
  function stepMarks(by) {
    const second = (mark) => Number(mark.dataset.at ?? mark.dataset.from);
    const marks = [...document.querySelectorAll("#player :is(#live-marks, #remark-marks) button, #live-episodes .ep")]
      .filter((mark) => mark.offsetParent !== null) // kinds switched off in the legend are passed over
      .sort((a, b) => (second(a) - second(b)) * by);
    const from = stepped?.isConnected && Math.abs(player.now - second(stepped)) < NEAR ? second(stepped) : player.now;
    const ahead = marks.slice(marks.indexOf(stepped) + 1).find((mark) => (second(mark) - from) * by >= 0 && mark !== stepped);
    const next = (stepped?.isConnected && from !== player.now ? ahead : marks.find((mark) => (second(mark) - from) * by > 0.5)) ?? marks[0];
    stepped?.classList.remove("on-mark");
    stepped = next;
    if (!next) return;
    next.classList.add("on-mark");
    next.click();
    announce(next.title || next.getAttribute("aria-label") || "");
  }

  document.addEventListener(
    "toggle",
    (event) => {
      if (!event.target.matches("details.measure")) return;
      if (event.target.open) for (const other of document.querySelectorAll("details.measure[open]")) other.open = other === event.target;
      refresh();
    },
    true, // this event does not bubble
  );
  document.addEventListener("click", (event) => {
    const place = event.target.closest(".measure button[data-at]");
    const n = place ? places.findIndex(({ button }) => button === place) : -1;
    if (n >= 0) {
      at = n;
      tell();
    }
  });
  sign.addEventListener("click", (event) => {
    const by = Number(event.target.closest("button")?.value ?? Number.NaN);
    if (by) step(by);
    else if (by === 0 && chosen()) chosen().open = false;
  });
  player.audio.addEventListener("loadedmetadata", refresh);
  return { refresh, step };
}
