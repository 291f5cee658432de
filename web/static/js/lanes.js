// Whose lane is whose: from the channels the transcript names, else from who is heard while whom is said to speak.
const CLEAR = 1.6; // times louder on one channel than on the other while a person speaks: that is their channel

/** The drawn channels from the top: {channel, speaker, peaks}; `speaker` is "" where nobody can tell. */
export function arrange(peaks, { lanes, people }) {
  const channels = peaks.channels.slice(0, 2).map((values, channel) => ({ channel, speaker: "", peaks: values }));
  if (channels.length < 2) return channels;
  const known = lanes.filter((lane) => lane.channel < 2);
  if (known.length === 2) return known.map(({ channel, speaker }) => ({ ...channels[channel], speaker }));
  if (known.length === 1) {
    const [{ channel, speaker }] = known;
    const other = people.find((one) => one !== speaker) ?? "";
    const pair = [{ ...channels[channel], speaker }, { ...channels[1 - channel], speaker: other }];
    return speaker === people[0] ? pair : pair.reverse();
  }
  return byEar(channels, peaks.per_second, people);
}

/** The sum of sound on each channel while the first of two people speaks, against the second. */
function byEar(channels, rate, people) {
  const heard = people.map((speaker) => {
    const turns = [...document.querySelectorAll("#turns .turn[data-start]")].filter((turn) => turn.dataset.speaker === speaker);
    return channels.map(({ peaks }) => {
      let sum = 0;
      for (const { dataset } of turns)
        for (let n = Math.floor(dataset.start * rate); n < dataset.end * rate && n < peaks.length; n += 1) sum += peaks[n];
      return sum;
    });
  });
  const [[upper0, upper1], [lower0, lower1]] = heard;
  const straight = (upper0 + 1e-6) * (lower1 + 1e-6);
  const crossed = (upper1 + 1e-6) * (lower0 + 1e-6);
  if (!heard.flat().some(Boolean) || Math.max(straight, crossed) < Math.min(straight, crossed) * CLEAR ** 2) return channels;
  const order = straight > crossed ? channels : [channels[1], channels[0]];
  return order.map((lane, n) => ({ ...lane, speaker: people[n] }));
}

/** Write each lane's name, and hatch what was silenced in it. */
export function nameLanes(arranged, { words }) {
  document.querySelectorAll(".wave .lane").forEach((label, n) => {
    const lane = arranged.length > 1 ? arranged[n] : null;
    label.className = `lane ${lane?.speaker ?? ""}`;
    label.textContent = lane ? (words.speakers[lane.speaker] ?? `${words.channel} ${lane.channel + 1}`) : "";
  });
}

/** Stretches without sound because private data was said there: in the lane they were muted in, or in both. */
export function drawSilenced(arranged, muted, duration) {
  const layer = document.getElementById("silenced");
  const marks = (muted ?? []).map(([channel, start, end]) => {
    const mark = document.createElement("i");
    const lane = arranged.length > 1 ? arranged.findIndex((one) => one.channel === channel) : -1;
    mark.className = lane === 0 ? "upper" : lane === 1 ? "lower" : "";
    mark.title = layer.dataset.tip;
    mark.style.left = `${(start / duration) * 100}%`;
    mark.style.width = `${((end - start) / duration) * 100}%`;
    return mark;
  });
  layer.replaceChildren(...marks);
  const legend = document.getElementById("silenced-legend");
  if (legend) legend.hidden = !marks.length;
}
