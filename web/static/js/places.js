// A quote that cannot be played (no recording, or no times) leads to its turn in the transcript.
import { calm } from "./page.js";

export function leadToTurns(player) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-turn]:is(.ev, .step)");
    if (!button || (player && button.dataset.at !== undefined)) return;
    const turn = document.getElementById(`turn${button.dataset.turn}`);
    if (!turn) return;
    for (const other of document.querySelectorAll("#turns .turn.now")) other.classList.remove("now");
    turn.classList.add("now");
    turn.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
  });
}
