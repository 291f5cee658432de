// Objection episodes on the player: a band plays its episode, a tick its move; keys step through both.
import { intoColumn } from "./page.js";

const LEAD = 0.15; // seconds before the first word, so that it is not cut
const NEAR = 12; // pixels: a click this close to a tick means the tick

export function playEpisodes(player) {
  let current = 0; // the episode last chosen, by its number; 0 is none

  const bands = () => [...document.querySelectorAll("#live-episodes .ep")];
  const bandOf = (number) => bands().find((band) => Number(band.dataset.episode) === number);
  const stepsOf = (number) => [...document.querySelectorAll(`#episode${number} .step[data-at]`)];

  function choose(number, at = null) {
    const band = bandOf(number);
    if (!band) return;
    current = number;
    player.seek(Math.max(0, (at ?? Number(band.dataset.from)) - LEAD), { play: true, until: Number(band.dataset.to) + 0.5 });
    show(number);
  }

  /** Mark the episode everywhere and bring its entry into sight. */
  function show(number) {
    for (const part of document.querySelectorAll("[data-episode]")) part.classList.toggle("on", Number(part.dataset.episode) === number);
    intoColumn(document.getElementById(`episode${number}`));
  }

  /** Ticks, the client's words and the pause at their seconds within each band; a band too small for words shows none. */
  function place() {
    const widths = bands().map((band) => [band, band.offsetWidth]); // all read before any is changed
    for (const [band, room] of widths) {
      const from = Number(band.dataset.from);
      const length = Math.max(0.01, Number(band.dataset.to) - from);
      for (const part of band.querySelectorAll(".rail i")) {
        const share = (second) => Math.min(1, Math.max(0, (second - from) / length));
        part.style.left = `${share(Number(part.dataset.at)) * 100}%`;
        if (part.dataset.end) part.style.width = `${(share(Number(part.dataset.end)) - share(Number(part.dataset.at))) * 100}%`;
      }
      band.classList.toggle("narrow", room < 54);
    }
  }

  /** Clicked with a pointer: the tick under it, else the whole episode. */
  function pressed(band, event) {
    const ticks = event.detail ? [...band.querySelectorAll(".tick, .said")] : []; // 0: the keyboard
    const away = (tick) => Math.abs(tick.getBoundingClientRect().left + (tick.matches(".tick") ? tick.offsetWidth / 2 : 0) - event.clientX);
    const nearest = ticks.sort((a, b) => away(a) - away(b))[0];
    choose(Number(band.dataset.episode), nearest && away(nearest) <= NEAR ? Number(nearest.dataset.at) : null);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-episode]");
    if (button?.matches(".ep")) pressed(button, event);
    else if (button) choose(Number(button.dataset.episode));
  });

  player.addEventListener("time", ({ detail: at }) => {
    for (const band of bands()) band.classList.toggle("now", at >= Number(band.dataset.from) - LEAD && at <= Number(band.dataset.to));
    for (const step of document.querySelectorAll("#objections .step[data-at]"))
      step.classList.toggle("now", at >= Number(step.dataset.at) - LEAD && at <= Number(step.dataset.end));
  });
  player.audio.addEventListener("loadedmetadata", place);
  addEventListener("resize", place);
  place();

  /** The episode which the present second lies in, the one chosen last, or the next one. */
  function here() {
    const inside = bands().find((band) => player.now >= Number(band.dataset.from) - 1 && player.now <= Number(band.dataset.to) + 1);
    if (inside) return Number(inside.dataset.episode);
    if (bandOf(current)) return current;
    const next = bands().find((band) => Number(band.dataset.from) > player.now) ?? bands()[0];
    return next ? Number(next.dataset.episode) : 0;
  }

  return {
    place,
    /** Play the next (1) or the previous (-1) episode; the first after the present second when none was chosen. */
    step(by) {
      const all = bands();
      if (!all.length) return;
      let index = all.findIndex((band) => Number(band.dataset.episode) === current);
      if (index < 0) {
        const ahead = all.findIndex((band) => Number(band.dataset.from) > player.now + 0.5);
        index = by > 0 ? (ahead < 0 ? 0 : ahead) : (ahead < 0 ? all.length : ahead) - 1;
      } else index += by;
      choose(Number(all[(index + all.length) % all.length].dataset.episode));
    },
    /** Play the next or the previous move of the episode one is in. */
    move(by) {
      const number = here();
      const steps = stepsOf(number);
      if (!steps.length) {
        if (number) choose(number);
        return;
      }
      const on = steps.findIndex((step) => step.classList.contains("on"));
      const next = steps[(on < 0 ? (by > 0 ? 0 : steps.length - 1) : on + by + steps.length) % steps.length];
      show((current = number));
      next.click();
    },
  };
}
