// A stretch of the call chosen by dragging over the sound or by keys: it is repeated, shared, or made a clip.
import { clock } from "./page.js";

const LEAST = 0.2; // seconds: a shorter drag is a click
const DRAG = 5; // pixels before a press counts as a drag

export function chooseStretch(player, { turnAt = () => null } = {}) {
  const wave = document.querySelector("#player .wave");
  const loop = document.getElementById("loop");
  const sign = document.getElementById("chosen");
  let start = null; // seconds; null: not set
  let end = null;

  const chosen = () => (start !== null && end !== null && end - start >= LEAST ? { start, end } : null);

  function show() {
    const stretch = chosen();
    player.setRepeat(stretch);
    loop.setAttribute("aria-pressed", String(Boolean(stretch)));
    sign.hidden = start === null && end === null;
    const say = (second) => (second === null ? "…" : clock(second));
    sign.querySelector("output").textContent = sign.hidden ? "" : `${say(start)}–${say(end)}`;
    for (const button of sign.querySelectorAll("[data-stretch]")) button.hidden = !stretch;
  }

  function set(from, to) {
    start = from === null ? null : Math.max(0, from);
    end = to === null ? null : Math.min(to, player.duration || to);
    show();
  }

  /** Open at a stretch that a link names. */
  const openAt = (from, to) => {
    const ready = () => to - from >= LEAST && set(from, to);
    if (player.duration) ready();
    else player.audio.addEventListener("loadedmetadata", ready, { once: true });
  };

  const acts = {
    openAt,
    get: chosen,
    set,
    clear: () => set(null, null),
    /** The stretch begins at the playhead; an end before it is let go. */
    begin: () => set(player.now, end !== null && end > player.now + LEAST ? end : null),
    /** The stretch ends at the playhead; without a beginning it begins with the turn now heard. */
    finish() {
      const from = start !== null && start < player.now - LEAST ? start : (turnAt(player.now)?.start ?? Math.max(0, player.now - 5));
      set(from, player.now);
      if (chosen()) player.seek(start);
    },
    /** Repeat the turn now heard, or nothing any more. */
    turn() {
      if (start !== null || end !== null) return acts.clear();
      const turn = turnAt(player.now);
      if (turn) set(turn.start, Math.max(turn.end, turn.start + 0.5));
      return undefined;
    },
  };
  loop.addEventListener("click", acts.turn);
  sign.querySelector("[data-clear]").addEventListener("click", acts.clear);

  // A finger scrolls and seeks; a mouse or a pen draws the stretch. A click without a drag seeks.
  let press = null; // {x, second, dragging}
  const secondAt = (x) => {
    const box = wave.getBoundingClientRect();
    return (Math.min(Math.max(0, x - box.left), box.width) / box.width) * player.duration;
  };
  let dragged = false;
  wave.addEventListener("pointerdown", (event) => {
    dragged = false;
    if (event.button !== 0 || event.pointerType === "touch" || event.target.closest("button") || !player.duration) return;
    press = { x: event.clientX, second: secondAt(event.clientX), dragging: false };
  });
  addEventListener("pointermove", (event) => {
    if (!press || (!press.dragging && Math.abs(event.clientX - press.x) < DRAG)) return;
    press.dragging = true;
    const at = secondAt(event.clientX);
    player.preview({ start: Math.min(at, press.second), end: Math.max(at, press.second) });
  });
  addEventListener("pointerup", (event) => {
    const { dragging = false, second = 0 } = press ?? {};
    press = null;
    if (!dragging) return;
    dragged = true;
    const at = secondAt(event.clientX);
    if (Math.abs(at - second) < LEAST) return player.preview(chosen());
    set(Math.min(at, second), Math.max(at, second));
    return player.seek(start);
  });
  wave.addEventListener("click", (event) => {
    if (dragged || event.target.closest("button") || !player.duration) return;
    player.seek(secondAt(event.clientX));
  });
  addEventListener("pointercancel", () => (press = null));
  return acts;
}
