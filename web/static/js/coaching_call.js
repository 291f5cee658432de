// From a call to a coaching session in one step: the chosen stretch, else the seconds around what is heard, goes along.
import { register } from "./keys.js";

const AROUND = 8; // seconds before what is heard now, and as many after it

export function coachHere({ player, stretch }) {
  const link = document.querySelector("[data-coach]");
  if (!link || !player) return;
  const aim = () => {
    const chosen = stretch?.get();
    const now = player.now;
    if (!chosen && now < 0.5) return; // nothing was heard yet: the session begins without a moment
    const whole = player.duration || Number.POSITIVE_INFINITY;
    const { start, end } = chosen ?? { start: Math.max(0, now - AROUND), end: Math.min(whole, now + AROUND) };
    const address = new URL(link.href);
    address.searchParams.set("at", start.toFixed(2));
    address.searchParams.set("end", end.toFixed(2));
    link.href = address.href;
  };
  for (const kind of ["click", "auxclick"]) link.addEventListener(kind, aim);
  register({ id: "coach", group: "notes", keys: ["K"], run: () => link.click() });
}
