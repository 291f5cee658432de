// Saving a draft as one types: to the server by revision, and a copy in this browser until the server has it.
const PAUSE = 900; // ms without a keystroke
const COPY = 250; // ms; writing a large draft for every key would be felt
const AGAIN = 5000; // ms until a lost connection is tried again
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

/** `tell` hears of saving, saved, unsaved, offline, gone and refused; `clash` of another person's draft. */
export function saver({ address, key, revision, body, tell, clash, faults }) {
  let known = JSON.stringify(body()); // what the server has
  let busy = null;
  let timer = 0;
  let copying = 0;
  let stopped = false;
  let last = ""; // when the server last had everything

  const copy = () => {
    try {
      localStorage.setItem(key, JSON.stringify({ revision, base: JSON.parse(known), body: body() }));
    } catch {
      // A full or forbidden storage: the page itself still holds everything.
    }
  };
  const drop = () => {
    clearTimeout(copying);
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept.
    }
  };
  const dirty = () => JSON.stringify(body()) !== known;

  async function send() {
    const sent = JSON.stringify(body());
    tell("saving");
    let response;
    try {
      response = await fetch(address, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token() },
        body: `{"revision":${revision},"body":${sent}}`,
      });
    } catch {
      tell("offline");
      later(AGAIN);
      return false;
    }
    const answer = await response.json().catch(() => null);
    if (response.ok && answer?.ok) {
      revision = answer.revision;
      known = sent;
      if (!dirty()) drop();
      faults(answer.faults);
      last = answer.saved;
      tell("saved", last);
      return true;
    }
    if (answer?.code === "draft_moved") {
      stopped = true;
      clash(answer, JSON.parse(known));
      return false;
    }
    if (answer?.code === "no_draft") stopped = true;
    if (answer?.code === "no_draft") tell("gone");
    else tell("refused", answer?.message ?? "");
    if (response.status >= 500) later(AGAIN);
    return false;
  }

  function later(after = PAUSE) {
    clearTimeout(timer);
    timer = setTimeout(() => flush(), after);
  }

  /** Save at once; whether the server has everything. */
  async function flush() {
    clearTimeout(timer);
    while (busy) await busy;
    if (stopped) return false;
    if (!dirty()) {
      drop(); // what was typed was taken back
      tell("saved", last);
      return true;
    }
    busy = send().finally(() => (busy = null));
    const done = await busy;
    return done && (dirty() ? flush() : true);
  }

  addEventListener("online", () => flush());
  addEventListener("pagehide", () => !stopped && dirty() && copy());
  addEventListener("beforeunload", (event) => {
    if (!stopped && dirty()) {
      copy();
      event.preventDefault();
    }
  });
  return {
    flush,
    get revision() {
      return revision;
    },
    changed() {
      clearTimeout(copying);
      copying = setTimeout(copy, COPY);
      if (stopped) return;
      tell("unsaved");
      later();
    },
    /** Go on from what the server has now: after a conflict was settled. */
    resume(now, theirs) {
      revision = now;
      known = JSON.stringify(theirs);
      stopped = false;
      copy();
      return flush();
    },
  };
}

/** What this browser kept and the server did not get; null for nothing. */
export function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}
