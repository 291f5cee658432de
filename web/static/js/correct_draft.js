// Drafts of corrections, kept in this browser until they are stored: a lost network or a closed tab costs no words.
const name = (call, key) => `draft:${call}:${key}`;

export function keepDraft(call, key, values) {
  try {
    localStorage.setItem(name(call, key), JSON.stringify(values));
  } catch {
    // A browser that keeps nothing: the form itself still holds the words.
  }
}

export function readDraft(call, key) {
  try {
    return JSON.parse(localStorage.getItem(name(call, key)));
  } catch {
    return null;
  }
}

export function dropDraft(call, key) {
  try {
    localStorage.removeItem(name(call, key));
  } catch {
    // Nothing was kept.
  }
}

/** Every draft of this call: [{key, values}]. */
export function listDrafts(call) {
  const start = name(call, "");
  try {
    return Object.keys(localStorage)
      .filter((entry) => entry.startsWith(start))
      .sort()
      .map((entry) => ({ key: entry.slice(start.length), values: readDraft(call, entry.slice(start.length)) }))
      .filter(({ values }) => values?.text !== undefined);
  } catch {
    return [];
  }
}
