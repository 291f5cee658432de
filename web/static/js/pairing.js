// Which files belong to one call: two sides named alike, and a transcript named like its recording.
const REP = new Set(["agent", "rep", "operator", "seller", "manager", "out", "tx", "left", "l", "0", "a", "callee"]);
const CLIENT = new Set(["client", "customer", "caller", "in", "rx", "right", "r", "1", "b"]);
const TEXT = /\.(json|vtt|srt|ctm)$/i;

/** Files as calls: `{audio: [rep, client] or [one], transcript}`. A side's name stands at the end: "x.agent.wav". */
export function groupFiles(files) {
  const recordings = files.filter((file) => !TEXT.test(file.name));
  const texts = files.filter((file) => TEXT.test(file.name));
  const pairs = new Map();
  const calls = [];
  for (const file of recordings) {
    const { key, side } = sideOf(file.name);
    const open = side && pairs.get(key);
    if (open && !open[side]) open[side] = file;
    else if (side) pairs.set(key, { [side]: file });
    else calls.push({ names: [bare(file.name)], audio: [file], transcript: null });
  }
  for (const [key, { rep, client }] of pairs) {
    const audio = [rep, client].filter(Boolean);
    calls.push({ names: [key, ...audio.map((file) => bare(file.name))], audio, transcript: null });
  }
  for (const text of texts) {
    const name = bare(text.name);
    const call = calls.find((one) => !one.transcript && one.names.includes(name));
    if (call) call.transcript = text;
    else calls.push({ names: [name], audio: [], transcript: text });
  }
  return calls;
}

function bare(name) {
  return name.replace(/\.[^.]+$/, "").toLowerCase();
}

function sideOf(name) {
  const match = /^(.+)[._\- ]([a-z]+|[01])$/.exec(bare(name));
  if (!match) return { key: bare(name), side: null };
  const [, key, word] = match;
  const side = REP.has(word) ? "rep" : CLIENT.has(word) ? "client" : null;
  return { key: side ? key : bare(name), side };
}
