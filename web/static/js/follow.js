// The transcript follows the sound: the turn and the word now heard; a click on a word plays it.
import { calm } from "./page.js";
import { unweave, unweaveWhereLooked } from "./woven.js";

export function followTranscript(player) {
  const read = () =>
    [...document.querySelectorAll("#turns .turn[data-start]")].map((element) => ({
      element,
      start: Number(element.dataset.start),
      end: Number(element.dataset.end),
      heard: null, // its words, read when the turn is first heard: a call of three hours has thirty thousand
      get words() {
        unweave(element);
        this.heard ??= [...element.querySelectorAll(".w[data-t]")].map((word) => ({ word, start: Number(word.dataset.t) }));
        return this.heard;
      },
    }));
  let turns = read();
  unweaveWhereLooked();
  const button = document.getElementById("follow");
  let following = true;
  let turnNow = null;
  let wordNow = null;
  let ownScroll = 0;

  const setFollowing = (on) => {
    following = on;
    button.setAttribute("aria-pressed", String(on));
    if (on && turnNow) bringIntoView(turnNow.element);
  };
  button.addEventListener("click", () => setFollowing(!following));

  function bringIntoView(element, tries = 3) {
    const box = element.getBoundingClientRect();
    const top = document.getElementById("player").getBoundingClientRect().bottom;
    if (box.top >= top + 8 && box.bottom <= innerHeight - 24) return;
    ownScroll = performance.now();
    const by = box.top - top - Math.max(24, (innerHeight - top) * 0.25);
    // Far away in a long call the turns between have no measured height yet: jump, and look again where it landed.
    const far = Math.abs(by) > innerHeight * 3;
    scrollBy({ top: by, behavior: far || calm.matches ? "instant" : "smooth" });
    if (far && tries) requestAnimationFrame(() => requestAnimationFrame(() => bringIntoView(element, tries - 1)));
  }

  // Scrolling by hand while the sound plays means reading elsewhere: stop following.
  for (const kind of ["wheel", "touchmove"])
    addEventListener(kind, () => player.playing && performance.now() - ownScroll > 300 && setFollowing(false), { passive: true });

  function show(at) {
    const turn = last(turns, at);
    if (turn !== turnNow) {
      turnNow?.element.classList.remove("now");
      turnNow?.element.removeAttribute("aria-current");
      turnNow = turn;
      turn?.element.classList.add("now");
      turn?.element.setAttribute("aria-current", "true");
      if (turn && following && player.playing) bringIntoView(turn.element);
    }
    const word = turn ? last(turn.words, at)?.word : null;
    if (word !== wordNow) {
      wordNow?.classList.remove("on");
      wordNow = word ?? null;
      wordNow?.classList.add("on");
    }
  }

  player.addEventListener("time", ({ detail }) => show(detail));
  player.addEventListener("seek", ({ detail }) => {
    show(detail);
    if (following && turnNow) bringIntoView(turnNow.element);
  });

  document.getElementById("turns")?.addEventListener("click", (event) => {
    const word = event.target.closest(".w[data-t]");
    if (word && getSelection().isCollapsed) player.seek(Number(word.dataset.t), { play: true });
  });

  return {
    toggle: () => setFollowing(!following),
    /** The turn that has begun last at a second: {element, start, end}; null before the first. */
    turnAt: (at) => last(turns, at),
    /** The transcript was replaced by a newer one. */
    refresh() {
      turns = read();
      unweaveWhereLooked();
      turnNow = wordNow = null;
      show(player.now);
    },
    /** Go to the next (1) or the previous (-1) turn. */
    step(by) {
      const at = player.now;
      const index = turns.findIndex((turn) => turn === last(turns, at));
      let next = index + by;
      if (by < 0 && index >= 0 && at - turns[index].start > 1.5) next = index;
      const turn = turns[Math.min(turns.length - 1, Math.max(0, next))];
      if (turn) player.seek(turn.start);
    },
  };
}

/** The last of the sorted items that has begun at `at`. */
function last(items, at) {
  let low = 0;
  let high = items.length - 1;
  let found = null;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (items[middle].start <= at + 0.02) {
      found = items[middle];
      low = middle + 1;
    } else high = middle - 1;
  }
  return found;
}
