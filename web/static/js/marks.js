// Stages and marks put where they belong along the sound, as shares of its length.
const FINGER = 24; // pixels

export function drawMarks(player, data) {
  const place = () => {
    const whole = player.duration || data.duration;
    if (!whole) return;
    for (const mark of document.querySelectorAll("#player [data-from]:not(.stages *)")) {
      const from = Number(mark.dataset.from) / whole;
      const to = Math.max(from, Number(mark.dataset.to) / whole);
      mark.style.left = `${Math.min(100, from * 100)}%`;
      mark.style.width = `${(to - from) * 100}%`;
    }
    placeStages(whole);
  };
  /** Stages side by side: none is narrower than a finger, none lies over the one before it. */
  function placeStages(whole) {
    const row = document.querySelector(".stages");
    const room = row?.offsetWidth ?? 0; // asked once: asking between two changes lays the page out again
    let reached = 0;
    for (const stage of row?.querySelectorAll("button") ?? []) {
      const left = Math.min(Math.max(reached, (Number(stage.dataset.from) / whole) * room), room - FINGER);
      const width = Math.max(FINGER, (Number(stage.dataset.to) / whole) * room - left - 2);
      stage.style.left = `${left}px`;
      stage.style.width = `${width}px`;
      stage.classList.toggle("narrow", width < 34);
      reached = left + width + 2;
    }
  }

  place();
  player.audio.addEventListener("loadedmetadata", place);
  addEventListener("resize", place);

  player.addEventListener("time", ({ detail: at }) => {
    for (const stage of document.querySelectorAll(".stages button"))
      stage.classList.toggle("now", at >= Number(stage.dataset.from) && at < Number(stage.dataset.to));
  });

  const loop = document.getElementById("loop-span");
  player.addEventListener("repeat", ({ detail: stretch }) => {
    loop.hidden = !stretch;
    if (!stretch) return;
    loop.style.left = `${(stretch.start / player.duration) * 100}%`;
    loop.style.width = `${((stretch.end - stretch.start) / player.duration) * 100}%`;
  });
  return { place };
}
