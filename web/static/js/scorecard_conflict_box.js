// The choice between two people's changes to one draft, part by part, side by side; nothing is stored before it is made.
import { brief, differences, merge } from "./scorecard_conflict.js";
import { inLanguage } from "./scorecard_fields.js";

const one = (selector, where) => where.querySelector(selector);

/** Ask which parts stay; `then` gets the draft as chosen. `base` is what both began with, null where not known. */
export function settleConflict(editor, answer, base, then) {
  const box = document.getElementById("conflict");
  const { words } = editor;
  const rows = differences(editor.body, answer.body, base);
  one("[data-conflict-text]", box).textContent = words.conflict.replace("{name}", answer.by || words.somebody).replace("{time}", answer.at || "–");
  one("[data-conflict-rows]", box).replaceChildren(...rows.map((row, n) => lineOf(row, n, words)));
  for (const button of box.querySelectorAll("[data-take]"))
    button.onclick = () => {
      const rule = button.dataset.take;
      if (rule !== "chosen") for (const row of rows) row.take = rule;
      box.close();
      then(rule === "theirs" ? structuredClone(answer.body) : merge(editor.body, answer.body, rows));
    };
  box.oncancel = (event) => event.preventDefault();
  if (!box.open) box.showModal();
}

function lineOf(row, n, words) {
  const line = document.createElement("tr");
  const what = words.fields[row.what] ?? words[row.what] ?? row.what;
  const name = [inLanguage(row.of?.question ?? row.of?.title) || row.of?.id, what].filter(Boolean).join(": ");
  line.append(Object.assign(document.createElement("th"), { scope: "row", textContent: name }));
  for (const side of ["mine", "theirs"]) {
    const cell = document.createElement("td");
    const label = document.createElement("label");
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: `part-${n}`, checked: row.take === side });
    radio.addEventListener("change", () => (row.take = side));
    label.append(radio, ` ${brief(row[side])}`);
    cell.append(label);
    line.append(cell);
  }
  return line;
}
