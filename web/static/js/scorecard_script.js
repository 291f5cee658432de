// The script in the scorecard editor: its stages, what must and must not be said in each, and lines to say it by.
import { bind, fields, inLanguage } from "./scorecard_fields.js";

const one = (selector, where = document) => where.querySelector(selector);
const copyOf = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
const idOf = (move) => (typeof move === "string" ? move : move.move);

/** Draw the stages anew; `editor.catalogue` holds the names of stages and moves in the viewer's language. */
export function drawScript(editor) {
  const box = one("[data-script]");
  const { stages: names, moves } = editor.catalogue;
  const stages = editor.body.stages ?? [];
  const label = new Map(moves.map((move) => [move.id, move.label]));
  const title = (id) => names.find((stage) => stage.id === id)?.label ?? id;

  const redraw = (focus) => {
    drawScript(editor);
    editor.changed();
    one(focus, box)?.focus();
  };

  const nameOf = (move) => {
    const own = typeof move === "object" ? inLanguage(move.label) : "";
    return own || [idOf(move), ...((typeof move === "object" && move.or) || [])].map((id) => label.get(id) ?? id).join(" / ");
  };

  const drawMove = (stage, kind, move, n) => {
    const line = copyOf("t-move");
    one("[data-move]", line).textContent = nameOf(move);
    const remove = one("[data-remove]", line);
    remove.setAttribute("aria-label", `${remove.getAttribute("aria-label")}: ${nameOf(move)}`);
    remove.addEventListener("click", () => {
      stage[kind].splice(n, 1);
      if (!stage[kind].length) delete stage[kind];
      redraw(`#stage-${stage.id} [data-add="${kind}"]`);
    });
    const field = one("[data-lines]", line);
    field.setAttribute("aria-label", `${nameOf(move)}: ${field.placeholder}`);
    const show = () => {
      const said = typeof stage[kind][n] === "object" ? (stage[kind][n].lines?.[fields.language] ?? []) : [];
      field.value = said.join("\n");
      field.lang = fields.language;
    };
    show();
    field.addEventListener("callcoach:language", show);
    field.addEventListener("input", () => {
      const now = stage[kind][n];
      const full = typeof now === "string" ? { move: now } : now;
      const lines = { ...full.lines };
      const said = field.value.split("\n").map((text) => text.trim()).filter(Boolean);
      if (said.length) lines[fields.language] = said;
      else delete lines[fields.language];
      if (Object.keys(lines).length) full.lines = lines;
      else delete full.lines;
      stage[kind][n] = Object.keys(full).length > 1 ? full : full.move;
      editor.changed();
    });
    return line;
  };

  const drawStage = (stage) => {
    const element = copyOf("t-stage");
    element.id = `stage-${stage.id}`;
    editor.elements.set(stage, element);
    one("[data-stage]", element).textContent = title(stage.id);
    bind(element, stage);
    one("[data-remove-stage]", element).addEventListener("click", () => {
      editor.body.stages = stages.filter((other) => other !== stage);
      if (!editor.body.stages.length) delete editor.body.stages;
      redraw("[data-add-stage]");
    });
    for (const kind of ["required", "forbidden"]) {
      one(`[data-moves="${kind}"]`, element).replaceChildren(...(stage[kind] ?? []).map((move, n) => drawMove(stage, kind, move, n)));
      const add = one(`[data-add="${kind}"]`, element);
      const taken = new Set([...(stage.required ?? []), ...(stage.forbidden ?? [])].map(idOf));
      for (const move of moves) if (!taken.has(move.id) && (kind === "required" || move.forbids)) add.add(new Option(move.label, move.id));
      add.addEventListener("change", () => {
        (stage[kind] ??= []).push(add.value);
        redraw(`#stage-${stage.id} [data-add="${kind}"]`);
      });
    }
    return element;
  };

  for (const item of [...editor.elements.keys()]) if (editor.elements.get(item).dataset.kind === "stage") editor.elements.delete(item);
  one("[data-stages]", box).replaceChildren(...stages.map(drawStage));
  const add = one("[data-add-stage]", box);
  add.length = 1;
  for (const stage of names) if (!stages.some((other) => other.id === stage.id)) add.add(new Option(stage.label, stage.id));
  add.hidden = add.length === 1;
  add.onchange = () => {
    const made = { id: add.value, aim: { en: title(add.value) }, required: [] };
    const order = names.map((stage) => stage.id);
    const behind = stages.findIndex((other) => order.indexOf(other.id) > order.indexOf(made.id));
    editor.body.stages = behind < 0 ? [...stages, made] : stages.toSpliced(behind, 0, made);
    redraw(`#stage-${made.id} [data-f="aim"]`);
  };
}
