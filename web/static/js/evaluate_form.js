// The form of an evaluation as it is drawn: what is chosen, outlined, asked, missing. Knows nothing of keys and network.
import { calm } from "./page.js";

export class Form {
  constructor(root) {
    this.root = root;
    this.config = JSON.parse(root.dataset.evaluation);
    this.answers = structuredClone(this.config.answers);
    this.current = null;
  }

  get rows() {
    return [...this.root.querySelectorAll("[data-criterion]")].filter((row) => !row.hidden);
  }

  row(id) {
    return this.root.querySelector(`[data-criterion="${CSS.escape(id)}"]`);
  }

  get comment() {
    return this.root.elements.comment.value;
  }

  read() {
    return { answers: this.answers, comment: this.comment };
  }

  /** Put other answers in place of all (a draft that came back, a merge). */
  fill({ answers, comment }) {
    this.answers = structuredClone(answers);
    this.root.elements.comment.value = comment;
    for (const row of this.root.querySelectorAll("[data-criterion]")) {
      const given = this.answers[row.dataset.criterion];
      const field = row.querySelector("[name=answer]");
      if (field) field.value = ["na", "cannot_judge"].includes(given?.answer) && row.dataset.kind !== "text" ? "" : (given?.answer ?? "");
      row.querySelector("[name=reason]").value = given?.reason ?? "";
      this.draw(row.dataset.criterion);
    }
  }

  /** Answer a criterion; what was said about it stays. */
  answer(id, answer, confirmed = false) {
    const before = this.answers[id] ?? { reason: "", note: "" };
    if (answer === "" && !before.reason && !before.note) delete this.answers[id];
    else this.answers[id] = { ...before, answer, confirmed };
    this.draw(id);
  }

  /** Not answered again; what was said about it stays. */
  clear(id) {
    const field = this.row(id).querySelector("[name=answer]");
    if (field) field.value = "";
    this.answer(id, "");
  }

  reason(id, reason) {
    this.answers[id] = { answer: "", note: "", confirmed: false, ...this.answers[id], reason };
  }

  /** Whether this answer changes one of the machine's, so that the rep will ask why. */
  changes(id) {
    const { machine, kind } = this.config.criteria[id] ?? {};
    const given = this.answers[id]?.answer;
    return Boolean(given && machine && machine !== "cannot_judge" && kind !== "text" && given !== machine);
  }

  draw(id) {
    const row = this.row(id);
    if (!row) return;
    const given = this.answers[id]?.answer ?? "";
    row.classList.toggle("given", Boolean(given));
    for (const button of row.querySelectorAll("[data-answer]")) button.setAttribute("aria-checked", String(button.dataset.answer === given));
    const number = row.querySelector("input[type=number]");
    if (number && ["na", "cannot_judge"].includes(given)) number.value = "";
    const fails = row.querySelector(".fails");
    if (fails) fails.hidden = !(this.config.fails[id] ?? []).includes(given);
    row.querySelector(".why").hidden = !(this.changes(id) || this.answers[id]?.reason || row.classList.contains("saying"));
  }

  drawAll() {
    for (const row of this.root.querySelectorAll("[data-criterion]")) this.draw(row.dataset.criterion);
  }

  /** Figures, conditions and gaps as the server counts them. */
  show(state) {
    const put = (name, text) => {
      const place = this.root.querySelector(`[data-${name}]`);
      if (place) place.textContent = text;
    };
    put("answered", state.answered);
    put("criteria", state.criteria);
    for (const row of this.root.querySelectorAll("[data-criterion]")) row.hidden = state.asked[row.dataset.criterion] === false;
    if (state.score) {
      for (const name of ["final", "critical", "coverage", "raw"]) put(name, state.score[name]);
      const fell = state.score.failed;
      this.root.querySelector("[data-raw-line]").hidden = !fell;
      this.root.querySelector("[data-raw-none]").hidden = fell;
      this.root.querySelector(".sum").classList.toggle("failed", fell);
    }
    for (const [id, { points, failed }] of Object.entries(state.sections)) {
      const head = this.root.querySelector(`[data-section="${CSS.escape(id)}"]`);
      if (!head) continue;
      head.querySelector("[data-points]").textContent = points;
      head.querySelector(".failing").hidden = !failed;
      head.classList.toggle("failed", failed);
    }
    this.missing = state.missing;
  }

  /** Make a criterion the current one. */
  go(row, { focus = true } = {}) {
    if (!row) return;
    for (const one of this.root.querySelectorAll(".crit.focus")) one.classList.remove("focus");
    row.classList.add("focus");
    this.current = row.dataset.criterion;
    if (focus) row.focus({ preventScroll: true });
    this.bring(row);
  }

  /** Scroll as little as shows the whole criterion between the tabs above and the buttons below. */
  bring(row) {
    const column = row.closest(".col");
    const behavior = calm.matches ? "auto" : "smooth";
    if (!column || column.scrollHeight <= column.clientHeight + 1) return row.scrollIntoView({ block: "nearest", behavior });
    const over = column.getBoundingClientRect().bottom - innerHeight;
    if (over > 0) scrollBy({ top: over, behavior: "instant" }); // the buttons below the scorecard come into sight
    const [box, frame] = [row.getBoundingClientRect(), column.getBoundingClientRect()];
    const top = frame.top + (column.querySelector(".parts-nav")?.offsetHeight ?? 0) + 12;
    const bottom = Math.min(frame.bottom, innerHeight) - (this.root.querySelector("footer")?.offsetHeight ?? 0) - 12;
    let by = 0;
    if (box.top < top || box.height > bottom - top) by = box.top - top;
    else if (box.bottom > bottom) by = box.bottom - bottom;
    if (by) column.scrollBy({ top: by, behavior });
  }

  step(by) {
    const rows = this.rows;
    const at = rows.findIndex((row) => row.dataset.criterion === this.current);
    this.go(rows[Math.min(rows.length - 1, Math.max(0, at + by))] ?? rows[0]);
  }

  /** The next one that wants an answer or a reason behind the current one, else the first of them, else the next. */
  onward() {
    const rows = this.rows;
    const at = rows.findIndex((row) => row.dataset.criterion === this.current);
    const wants = ({ dataset: { criterion: id } }) => !this.answers[id]?.answer || (this.changes(id) && !this.answers[id].reason);
    const next = rows.slice(at + 1).find(wants) ?? rows.find(wants) ?? rows[Math.min(rows.length - 1, at + 1)];
    this.go(next);
    if (next && wants(next) && this.answers[next.dataset.criterion]?.answer) this.say(next);
  }

  /** What is missing, as a list that leads to each place. */
  tellMissing(missing, words, message = "") {
    const box = this.root.querySelector(".wanting");
    box.hidden = !missing.length;
    box.querySelector("p").textContent = message;
    const status = this.root.querySelector("[data-status]"); // beside the button that was pressed; the list may be out of sight
    status.textContent = message;
    status.classList.add("waiting");
    box.querySelector("ul").replaceChildren(
      ...missing.map(({ criterion, what }) => {
        const line = document.createElement("li");
        const row = criterion && this.row(criterion);
        if (!row) line.textContent = words[what];
        else {
          const link = document.createElement("button");
          link.type = "button";
          link.className = "t";
          link.textContent = row.querySelector(".q").firstChild.textContent.trim();
          link.addEventListener("click", () => this.goTo(criterion, what));
          line.append(link, ` ${what === "reason" ? words.reason : words.mandatory}`);
        }
        return line;
      }),
    );
    if (missing[0]?.criterion) this.goTo(missing[0].criterion, missing[0].what);
  }

  goTo(criterion, what) {
    const row = this.row(criterion);
    this.go(row);
    if (what === "reason") this.say(row);
  }

  /** Open the line for the reason and put the cursor there. */
  say(row) {
    row.classList.add("saying");
    row.querySelector(".why").hidden = false;
    const field = row.querySelector("[name=reason]");
    field.focus({ preventScroll: true });
    this.bring(row);
  }
}
