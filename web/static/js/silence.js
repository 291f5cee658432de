// Where nobody speaks: quiet in every lane by the peaks, or a gap between turns where the peaks are not to be had.
const QUIET = 0.02; // of full scale: under this in both lanes nobody speaks
const LONG = 1.2; // seconds of quiet before skipping jumps
const LEAD = 0.15; // seconds of it that are still heard before the next word
const NEAR = 0.3; // seconds before its end where a jump is not worth it

/** {silences: [{start, end}] in seconds, seconds: how much is skipped in all}. */
export function findSilences(peaks, duration) {
  const found = peaks ? join([...quiet(peaks), ...marked()]) : gaps(duration);
  const silences = found.filter(({ start, end }) => end - start >= LONG);
  return { silences, seconds: silences.reduce((sum, { start, end }) => sum + end - start - LEAD, 0) };
}

/** The silence that `at` lies in, unless it is as good as over; they are sorted. */
export function nextSilence(silences, at) {
  let low = 0;
  let high = silences.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { start, end } = silences[middle];
    if (at < start) high = middle - 1;
    else if (at >= end - NEAR) low = middle + 1;
    else return silences[middle];
  }
  return null;
}

function quiet({ channels, per_second: rate }) {
  const length = Math.max(...channels.map((lane) => lane.length));
  const found = [];
  let from = null;
  for (let n = 0; n <= length; n += 1) {
    const silent = n < length && channels.every((lane) => (lane[n] ?? 0) < QUIET);
    if (silent && from === null) from = n;
    if (!silent && from !== null) {
      if ((n - from) / rate >= LONG) found.push({ start: from / rate, end: n / rate });
      from = null;
    }
  }
  return found;
}

/** Dead air as the figures have it, where no turn reaches in: line noise there is no speech. */
function marked() {
  const turns = spoken();
  return [...document.querySelectorAll("#live-marks .dead")]
    .map(({ dataset }) => ({ start: Number(dataset.from), end: Number(dataset.to) }))
    .filter(({ start, end }) => !turns.some((turn) => turn.start < end - 0.05 && turn.end > start + 0.05));
}

function gaps(duration) {
  const turns = spoken();
  if (!turns.length) return [];
  const found = [];
  let reached = 0;
  for (const { start, end } of turns) {
    if (start > reached) found.push({ start: reached, end: start });
    reached = Math.max(reached, end);
  }
  if (duration > reached) found.push({ start: reached, end: duration });
  return found;
}

const spoken = () =>
  [...document.querySelectorAll("#turns .turn[data-start]")]
    .map(({ dataset }) => ({ start: Number(dataset.start), end: Number(dataset.end) }))
    .sort((a, b) => a.start - b.start);

function join(spans) {
  const out = [];
  for (const span of spans.sort((a, b) => a.start - b.start)) {
    const last = out.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else out.push({ ...span });
  }
  return out;
}
