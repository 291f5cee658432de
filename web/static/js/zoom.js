// Long calls: the lanes drawn wider than the window, scrolled so that the present second stays in sight.
const LONG = 240; // seconds; shorter calls are seen well as a whole
const MOST = 16;

export function zoomWave(player, data) {
  const group = document.getElementById("zoom");
  const box = document.querySelector(".lanes");
  const inner = document.querySelector(".lanes-in");
  if (!data.duration || data.duration < LONG) return;
  group.hidden = false;
  let factor = 1;

  function keepInSight(at, always) {
    if (factor === 1 || !player.duration) return;
    const x = (at / player.duration) * inner.offsetWidth;
    const out = x < box.scrollLeft + 20 || x > box.scrollLeft + box.clientWidth - 40;
    if (always || out) box.scrollLeft = x - box.clientWidth * 0.3;
  }

  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    factor = Math.min(MOST, Math.max(1, factor * 2 ** Number(button.value)));
    inner.style.width = `${factor * 100}%`;
    dispatchEvent(new Event("resize"));
    keepInSight(player.now, true);
  });
  player.addEventListener("time", ({ detail }) => player.playing && keepInSight(detail, false));
  player.addEventListener("seek", ({ detail }) => keepInSight(detail, false));
}
