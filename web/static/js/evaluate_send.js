// Saving an evaluation: one request at a time, the newest answers last; without a network they wait here and try again.
import { drop, keep } from "./evaluate_store.js";

const FIRST_WAIT = 2000; // ms until a failed save is tried again, doubled up to the longest
const LONGEST_WAIT = 30000;

const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

/** Send JSON (or a form's fields); {status, answer}. Throws when the server did not answer. */
export async function ask(method, address, body) {
  const form = body instanceof URLSearchParams;
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  if (!form) headers["Content-Type"] = "application/json";
  const response = await fetch(address, { method, headers, body: form ? body : JSON.stringify(body) });
  const answer = await response.json().catch(() => null);
  if (!answer || response.status >= 500) throw new Error(answer?.message ?? "");
  return { status: response.status, answer };
}

/** Whether two versions of a draft say the same. */
export function alike(one, other) {
  const flat = ({ answers, comment }) =>
    JSON.stringify([
      comment ?? "",
      Object.keys(answers)
        .sort()
        .map((id) => [id, answers[id].answer ?? "", answers[id].reason ?? "", answers[id].note ?? ""])
        .filter(([, ...said]) => said.some(Boolean)),
    ]);
  return flat(one) === flat(other);
}

/** Keeps `read()` (answers and comment) on the server; `tell(state, answer)` hears how it goes. */
export class Saver {
  constructor({ config, address, read, tell }) {
    Object.assign(this, { config, address, read, tell });
    this.revision = config.revision;
    this.wait = FIRST_WAIT;
    this.stopped = false;
    this.held = false; // while the draft is being submitted
    this.changes = 0; // counts what was typed, so that a save knows whether it was the last word
    addEventListener("online", () => this.dirty && this.flush());
  }

  get dirty() {
    return this.changes > 0;
  }

  /** Something changed: kept here at once, sent after `delay` ms. */
  change(delay = 0) {
    this.changes += 1;
    keep(this.config, { ...this.read(), revision: this.revision });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), delay);
  }

  /** Send now unless a save is on its way; then it is sent behind that one. */
  async flush() {
    clearTimeout(this.timer);
    if (this.stopped || this.held || !this.dirty) return;
    if (this.sending) {
      await this.sending;
      return this.flush();
    }
    this.sending = this.send();
    await this.sending;
  }

  /** Before the draft is submitted, with all that was typed: no save is on its way, and none begins until `release`. */
  async settle() {
    this.held = true;
    while (this.sending) await this.sending;
    if (!this.unsure) return;
    this.held = false;
    await this.flush(); // its answer was lost: what the server holds must be known first
    this.held = true;
  }

  /** Not submitted: what was typed meanwhile is saved as before. */
  release() {
    this.held = false;
    return this.flush();
  }

  async send() {
    const before = this.changes;
    const sent = structuredClone(this.read());
    this.tell("saving");
    try {
      const { status, answer } = await ask("PUT", this.address, { evaluation: this.config.evaluation, revision: this.revision, ...sent });
      if (status === 401) return this.later("signedOut");
      if (answer.code === "evaluation_changed") {
        // A save whose answer never came back: what stands there is one's own, so nobody has to choose.
        if (answer.editable && [sent, this.unsure].some((own) => own && alike(own, answer))) {
          this.unsure = null;
          this.revision = answer.revision;
          return this.again();
        }
        this.stopped = true;
        return this.tell("conflict", answer);
      }
      if (!answer.ok) return this.tell("refused", answer);
      this.accept(answer, before);
    } catch {
      this.unsure = sent;
      this.later("offline");
    } finally {
      this.sending = null;
    }
  }

  again() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), 0);
  }

  accept(answer, before = this.changes) {
    this.revision = answer.revision;
    this.unsure = null;
    this.wait = FIRST_WAIT;
    this.changes -= before;
    if (!this.dirty) drop(this.config);
    else keep(this.config, { ...this.read(), revision: this.revision });
    this.tell("saved", answer);
    if (this.dirty) this.again();
  }

  later(state) {
    this.tell(state);
    this.timer = setTimeout(() => this.flush(), this.wait);
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
  }

  /** After a conflict: go on from what stands there. */
  resume(revision) {
    this.revision = revision;
    this.stopped = false;
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }
}
