// Stages and marks put where they belong along the sound, as shares of its length.
export function drawMarks(player, data) {
  const place = () => {
    const whole = player.duration || data.duration;
    if (!whole) return;
    for (const mark of document.querySelectorAll("#player [data-from]")) {
      const from = Number(mark.dataset.from) / whole;
      const to = Math.max(from, Number(mark.dataset.to) / whole);
      const left = `${Math.min(100, from * 100)}%`;
      mark.style.left = mark.closest(".stages") ? `min(${left}, calc(100% - 24px))` : left; // a finger's width stays inside
      mark.style.width = mark.closest(".stages") ? `calc(${(to - from) * 100}% - 2px)` : `${(to - from) * 100}%`;
      mark.classList.toggle("narrow", Boolean(mark.closest(".stages")) && mark.offsetWidth < 34);
    }
  };
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
