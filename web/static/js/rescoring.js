// Plays the quote behind an answer where it stands: one sound at a time, from its first second to its last.

const sound = new Audio();
let playing = null;
let until = Infinity;

function stop() {
  sound.pause();
  if (playing) playing.setAttribute("aria-pressed", "false");
  playing = null;
}

function play(button) {
  stop();
  playing = button;
  until = button.dataset.to === "" ? Infinity : Number(button.dataset.to) + 0.2;
  button.setAttribute("aria-pressed", "true");
  const from = Math.max(0, Number(button.dataset.from) - 0.2);
  if (sound.getAttribute("src") !== button.dataset.play) sound.setAttribute("src", button.dataset.play);
  const begin = () => {
    sound.currentTime = from;
    sound.play().catch(stop);
  };
  if (sound.readyState >= 1) begin();
  else sound.addEventListener("loadedmetadata", begin, { once: true });
}

sound.addEventListener("timeupdate", () => {
  if (sound.currentTime >= until) stop();
});
sound.addEventListener("ended", stop);
sound.addEventListener("error", stop);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play]");
  if (!button) return;
  if (button === playing) stop();
  else play(button);
});
