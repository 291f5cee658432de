// The sound of the call: one <audio>, the two-lane waveform over it, speed, silence skipped, one turn repeated.
import WaveSurfer from "../vendor/wavesurfer/wavesurfer.esm.js";
import { arrange, drawSilenced, nameLanes } from "./lanes.js";
import { findSilences, nextSilence } from "./silence.js";
import { clock, tell } from "./page.js";

const SPEED_KEY = "speed";
const SKIP_KEY = "skip-silence";
const TELL_EVERY = 50; // ms between two events of time while the sound plays: words change no faster

export class Player extends EventTarget {
  constructor(data) {
    super();
    this.data = data;
    this.box = document.getElementById("player");
    this.audio = document.getElementById("audio");
    this.rates = [...document.getElementById("speed").options].map((option) => Number(option.value));
    this.duration = data.duration || 0;
    this.silences = [];
    this.repeat = null;
    this.stopAt = null;
    this.wanted = null; // the second to jump to as soon as the jump before is done
    this.#wire();
    this.#draw();
  }

  /** The second heard, or the one on the way to. */
  get now() {
    return this.wanted ?? this.audio.currentTime;
  }

  get playing() {
    return !this.audio.paused;
  }

  get trouble() {
    return document.getElementById("trouble");
  }

  /** Go to a second; `play` starts the sound, `until` stops it again after a quote. */
  seek(second, { play = null, until = null } = {}) {
    this.told = 0; // a jump is told at once
    const at = Math.min(Math.max(0, second), this.duration ? this.duration - 0.01 : second);
    this.#jump(at);
    this.stopAt = until;
    this.#show(at);
    this.dispatchEvent(new CustomEvent("seek", { detail: at }));
    if (play === true) this.play();
    else if (play === false) this.pause();
  }

  /** One jump after the other: Chromium can stay between two for ever when a third comes before the first is done. */
  #jump(at) {
    if (this.audio.seeking) this.wanted = at;
    else this.audio.currentTime = at;
  }

  #landed() {
    const at = this.wanted;
    this.wanted = null;
    if (at !== null && Math.abs(at - this.audio.currentTime) > 0.01) this.audio.currentTime = at;
  }

  async play() {
    try {
      await this.audio.play();
    } catch (error) {
      if (error.name === "NotAllowedError") tell(this.data.words.pressPlay);
      else if (error.name !== "AbortError") this.#complain(this.data.words.noAudio);
    }
  }

  pause() {
    this.audio.pause();
  }

  toggle() {
    this.stopAt = null;
    if (this.playing) this.pause();
    else this.play();
  }

  openAt(second, play) {
    const open = () => {
      if (second > 0) this.seek(second, { play: play || null });
      else if (play) this.play();
    };
    if (this.audio.readyState >= 1) open();
    else this.audio.addEventListener("loadedmetadata", open, { once: true });
  }

  speed(step) {
    const at = this.rates.indexOf(this.audio.playbackRate);
    this.setSpeed(this.rates[Math.min(this.rates.length - 1, Math.max(0, at + step))]);
  }

  setSpeed(rate) {
    this.audio.defaultPlaybackRate = rate;
    this.audio.playbackRate = rate;
    document.getElementById("speed").value = String(rate);
    keep(SPEED_KEY, String(rate));
  }

  toggleSkip() {
    this.skipping = !this.skipping;
    document.getElementById("skip-silence").setAttribute("aria-pressed", String(this.skipping));
    keep(SKIP_KEY, this.skipping ? "1" : "");
  }

  /** Repeat a stretch until told otherwise; null ends it. */
  setRepeat(stretch) {
    this.repeat = stretch;
    this.preview(stretch);
  }

  /** Show a stretch on the sound, repeated or not yet; null shows none. */
  preview(stretch) {
    this.dispatchEvent(new CustomEvent("repeat", { detail: stretch }));
  }

  /** Draw the lanes again: somebody turned out to be on the other channel. */
  async redraw(lanes) {
    this.data.lanes = lanes;
    this.waves?.destroy();
    await this.#draw();
    this.waves?.setTime(this.now);
  }

  #wire() {
    const audio = this.audio;
    audio.preservesPitch = true;
    audio.addEventListener("play", () => this.#playing(true));
    audio.addEventListener("pause", () => this.#playing(false));
    audio.addEventListener("seeked", () => this.#landed());
    audio.addEventListener("ended", () => this.#playing(false));
    audio.addEventListener("timeupdate", () => this.#show(audio.currentTime));
    audio.addEventListener("error", () => this.#complain(this.data.words.noAudio));
    audio.addEventListener("loadedmetadata", () => {
      if (Number.isFinite(audio.duration)) {
        this.duration = audio.duration;
        document.getElementById("whole").textContent = clock(audio.duration);
      }
      this.trouble.hidden = true;
    });
    if (audio.error) this.#complain(this.data.words.noAudio);
    document.getElementById("play").addEventListener("click", () => this.toggle());
    document.getElementById("speed").addEventListener("change", (event) => this.setSpeed(Number(event.target.value)));
    document.getElementById("skip-silence").addEventListener("click", () => this.toggleSkip());
    const rate = Number(kept(SPEED_KEY));
    if (this.rates.includes(rate)) this.setSpeed(rate);
    if (kept(SKIP_KEY)) this.toggleSkip();
  }

  #playing(on) {
    this.box.classList.toggle("playing", on);
    document.getElementById("play").setAttribute("aria-label", on ? this.data.words.pause : this.data.words.play);
    if (on) requestAnimationFrame(() => this.#frame());
  }

  /** Runs with every picture while the sound plays: finer than the browser's own time events. */
  #frame() {
    if (!this.playing) return;
    const at = this.now;
    const landed = !this.audio.seeking;
    if (landed && this.repeat && (at >= this.repeat.end || at < this.repeat.start - 0.5)) this.#jump(this.repeat.start);
    else if (landed && this.stopAt !== null && at >= this.stopAt) {
      this.stopAt = null;
      this.pause();
    } else if (landed && this.skipping && !this.repeat) this.#skip(at);
    this.#show(at);
    requestAnimationFrame(() => this.#frame());
  }

  #skip(at) {
    const silence = nextSilence(this.silences, at);
    if (!silence) return;
    this.#jump(silence.end - 0.15);
    this.#saySkipped(silence.end - 0.15 - at);
  }

  /** What is silent; asked again when the transcript changed. */
  findSilences() {
    if (this.peaks !== undefined) this.#find(this.peaks);
  }

  #find(peaks) {
    this.peaks = peaks;
    const found = findSilences(peaks, this.duration);
    this.silences = found.silences;
    const button = document.getElementById("skip-silence");
    button.querySelector("[data-skips]").textContent = found.seconds ? clock(found.seconds) : "";
    button.title = `${button.dataset.total.replace("{time}", clock(found.seconds))} (S)`;
  }

  #saySkipped(seconds) {
    const sign = document.getElementById("skipped");
    sign.textContent = this.data.words.skipped.replace("{seconds}", seconds.toFixed(seconds < 10 ? 1 : 0));
    sign.hidden = false;
    clearTimeout(this.skippedTimer);
    this.skippedTimer = setTimeout(() => (sign.hidden = true), 2500);
  }

  #show(at, now = performance.now()) {
    if (this.playing && now - this.told < TELL_EVERY && at >= this.toldAt) return;
    this.told = now;
    this.toldAt = at;
    document.getElementById("now").textContent = clock(at);
    this.dispatchEvent(new CustomEvent("time", { detail: at }));
  }

  async #draw() {
    let peaks;
    try {
      const answer = await fetch(this.data.peaks);
      if (!answer.ok) throw new Error(`peaks: ${answer.status}`);
      peaks = await answer.json();
    } catch {
      tell(this.data.words.noPeaks);
      this.#find(null); // the turns alone say where nobody speaks
      return;
    }
    this.duration ||= peaks.duration;
    this.#find(peaks);
    const lanes = arrange(peaks, this.data);
    const speakers = lanes.map((lane) => lane.speaker);
    this.box.classList.toggle("one-lane", lanes.length < 2);
    nameLanes(lanes, this.data);
    this.silenced = () => drawSilenced(lanes, peaks.muted, peaks.duration);
    this.silenced();
    this.waves = WaveSurfer.create({
      container: "#sound",
      media: this.audio,
      peaks: lanes.map((lane) => lane.peaks),
      duration: peaks.duration,
      height: "auto",
      normalize: true,
      barWidth: 2,
      barGap: 1,
      barRadius: 1,
      cursorWidth: 2,
      interact: false, // selection.js seeks, and draws a stretch
      cspNonce: this.data.nonce,
      ...colours(speakers),
    });
    document.addEventListener("callcoach:theme", () => this.waves.setOptions(colours(speakers)));
    this.dispatchEvent(new CustomEvent("drawn"));
  }

  #complain(text) {
    this.trouble.textContent = text;
    this.trouble.hidden = false;
  }
}

/** The tokens' colours as the canvas needs them. */
function colours(speakers) {
  const probe = document.createElement("i");
  document.body.append(probe);
  const read = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const faded = (name) => {
    probe.style.color = `color-mix(in srgb, var(${name}) 42%, var(--surface))`;
    return getComputedStyle(probe).color;
  };
  const token = (speaker) => ({ rep: "--rep", client: "--client" })[speakers.length > 1 ? speaker : ""] ?? "--ink-2";
  const splitChannels = speakers.map(token).map((name) => ({ waveColor: faded(name), progressColor: read(name) }));
  const cursorColor = read("--ink");
  probe.remove();
  return speakers.length > 1 ? { splitChannels, cursorColor } : { ...splitChannels[0], cursorColor };
}

function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Kept for this page only.
  }
}
