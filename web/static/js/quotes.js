// Every quote and time on the page plays: evidence, stages, marks, gaps, episodes.
import { intoColumn } from "./page.js";

const LEAD = 0.15; // seconds before the first word, so that it is not cut
const TAIL = 0.35;

export function seekFromQuotes(player) {
  const all = () => [...document.querySelectorAll("#scorecard .ev[data-at]")];
  let current = null;

  function play(button) {
    const at = Number(button.dataset.at);
    const end = Number(button.dataset.end);
    const quote = button.matches(".ev, .t, .chip, .step, .ask") && end >= at;
    player.seek(Math.max(0, at - LEAD), { play: true, until: quote ? end + TAIL : null });
    current?.classList.remove("on");
    document.querySelector(".crit.focus")?.classList.remove("focus");
    if (button.matches(".ev, .step")) {
      current = button;
      button.classList.add("on");
      button.closest(".crit")?.classList.add("focus");
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-at]");
    if (button) play(button);
  });

  return {
    /** Play the next (1) or the previous (-1) piece of evidence. */
    step(by) {
      const items = all();
      if (!items.length) return;
      const index = current ? items.indexOf(current) : by > 0 ? -1 : items.length;
      const next = items[(index + by + items.length) % items.length];
      play(next);
      intoColumn(next.closest(".crit"));
    },
  };
}
