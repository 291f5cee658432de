// One criterion of the editor: its line, and its form, which is made when it is opened.
import { bind, fields, inLanguage } from "./scorecard_fields.js";
import { criteriaOf, detectorOf, freshId, idsOf, kindOf, move, setDetector, setKind, setSetting, settingsOf } from "./scorecard_model.js";

const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

/** The line of a criterion; `editor` knows the draft, the detectors, the words, and what to do after a change. */
export function criterionLine(editor, criterion) {
  const line = copy("t-criterion");
  editor.elements.set(criterion, line);
  line.querySelector('[data-act="toggle"]').addEventListener("click", () => toggle(editor, criterion));
  sumUp(editor, criterion);
  return line;
}

export function toggle(editor, criterion, open) {
  const line = editor.elements.get(criterion);
  const form = line.querySelector(":scope > .form");
  const show = open ?? !form;
  if (show === Boolean(form)) return;
  line.querySelector('[data-act="toggle"]').setAttribute("aria-expanded", String(show));
  line.classList.toggle("is-open", show);
  if (!show) form.remove();
  else line.append(makeForm(editor, criterion));
  editor.showFaults();
}

/** What the closed line says: the question and what is special of it. */
export function sumUp(editor, criterion) {
  const line = editor.elements.get(criterion);
  const { words } = editor;
  const question = line.querySelector("[data-question]");
  question.textContent = inLanguage(criterion.question) || words.untitled;
  question.classList.toggle("faint", !inLanguage(criterion.question));
  const chips = [];
  const detector = editor.detectors.get(detectorOf(criterion));
  const kind = kindOf(criterion);
  if (kind !== "options") chips.push([words.kinds[kind], ""]);
  if (kind === "options" || kind === "yes_no") chips.push([detector?.label ?? detectorOf(criterion), detectorOf(criterion) === "person" ? "dashed" : ""]);
  if (words.modes[criterion.mode]) chips.push([words.modes[criterion.mode], "accent"]);
  if (criterion.critical) chips.push([words.critical, "warn"]);
  if (criterion.mandatory) chips.push([words.mandatory, ""]);
  if (criterion.when) chips.push([words.condition, ""]);
  line.querySelector("[data-chips]").replaceChildren(...chips.map(([text, tone]) => Object.assign(document.createElement("span"), { className: `chip ${tone}`, textContent: text })));
}

function makeForm(editor, criterion) {
  const form = copy("t-form");
  const kind = kindOf(criterion);
  const again = () => {
    const focus = document.activeElement?.closest(".form") === form ? document.activeElement.dataset.x : null;
    const fresh = makeForm(editor, criterion);
    form.replaceWith(fresh);
    if (focus) fresh.querySelector(`[data-x="${focus}"]`)?.focus();
    sumUp(editor, criterion);
    editor.changed();
  };
  const detector = editor.detectors.get(detectorOf(criterion));
  const shown = {
    scored: kind !== "text", machine: kind === "options" || kind === "yes_no", options: kind === "options" || kind === "yes_no",
    range: kind === "range", free: kind === "options" && detectorOf(criterion) === "person",
  };
  for (const part of form.querySelectorAll("[data-when]")) part.hidden = !shown[part.dataset.when];
  choose(form.querySelector('[data-x="kind"]'), null, kind, (value) => (setKind(criterion, value, editor.words), again()));
  const offered = [...editor.detectors.values()].filter((one) => kind !== "yes_no" || [0, 2].includes(one.levels.length));
  choose(form.querySelector('[data-x="detector"]'), offered.map((one) => [one.name, one.label]), detectorOf(criterion), (value) => (setDetector(criterion, editor.detectors.get(value)), again()));
  form.querySelector("[data-about]").textContent = detector?.about ?? "";
  const bonus = form.querySelector('[data-x="bonus"]');
  bonus.checked = Boolean(criterion.bonus);
  bonus.addEventListener("change", () => {
    if (bonus.checked) Object.assign(criterion, { bonus: true }), delete criterion.weight;
    else Object.assign(criterion, { weight: 1 }), delete criterion.bonus;
    again();
  });
  form.querySelector('[data-f="weight"]').closest(".field").hidden = !shown.scored || Boolean(criterion.bonus);
  if (shown.machine) showSettings(editor, criterion, detector, form.querySelector("[data-settings]"));
  if (shown.options) showOptions(editor, criterion, form.querySelector("[data-options]"), detector);
  form.querySelector('[data-act="add-option"]').addEventListener("click", () => {
    const most = Math.max(0, ...criterion.options.map((one) => Number(one.points) || 0));
    criterion.options.push({ id: freshId(String(criterion.options.length), idsOf(criterion.options), "a"), points: most + 1, label: {} });
    showOptions(editor, criterion, form.querySelector("[data-options]"), detector);
    form.querySelector("[data-options]").lastElementChild.querySelector(".label").focus();
    editor.changed();
  });
  showCondition(editor, criterion, form, again);
  bind(form, criterion, () => sumUp(editor, criterion));
  return form;
}

function choose(select, choices, value, then) {
  if (choices) select.replaceChildren(...choices.map(([id, label]) => new Option(label, id)));
  select.value = value;
  const label = select.closest(".field")?.querySelector("label");
  if (label) label.htmlFor = select.id = `x${Math.random().toString(36).slice(2, 10)}`;
  select.addEventListener("change", () => then(select.value));
}

function showSettings(editor, criterion, detector, box) {
  const parts = (detector?.settings ?? []).map((item) => {
    const value = settingsOf(criterion)[item.key];
    const label = Object.assign(document.createElement("label"), { className: "mini", textContent: `${item.label} ` });
    let field;
    if (item.type === "groups") {
      label.classList.add("groups");
      field = Object.assign(document.createElement("select"), { multiple: true, size: 5 });
      const chosen = new Set(Array.isArray(value) ? value : value ? [value] : []);
      for (const group of editor.groups) field.add(new Option(group.label ? `${group.label} (${group.id})` : group.id, group.id, false, chosen.has(group.id)));
      field.addEventListener("change", () => keep([...field.selectedOptions].map((one) => one.value)));
    } else if (item.type === "choice") {
      field = document.createElement("select");
      field.add(new Option(editor.words.none, ""));
      for (const one of item.choices) field.add(new Option(one.label, one.id));
      field.value = value ?? "";
      field.addEventListener("change", () => keep(field.value));
    } else {
      field = Object.assign(document.createElement("input"), { type: "number", step: "any", min: "0", value: value ?? "" });
      field.addEventListener("input", () => keep(field.value === "" ? "" : Number(field.value)));
    }
    const keep = (made) => (setSetting(criterion, item.key, made), editor.changed());
    label.append(field);
    return label;
  });
  box.replaceChildren(...parts);
  box.hidden = !parts.length;
}

function showOptions(editor, criterion, list, detector) {
  const fixed = kindOf(criterion) === "yes_no" || detectorOf(criterion) !== "person";
  list.replaceChildren(
    ...(criterion.options ?? []).map((option) => {
      const row = copy("t-option");
      editor.elements.set(option, row);
      const level = row.querySelector("[data-level]");
      level.hidden = !detector?.levels.length;
      level.replaceChildren(...(detector?.levels ?? []).map((one) => new Option(one.label, one.id)));
      row.querySelector('[data-act="remove"]').hidden = fixed;
      bind(row, option);
      const act = (name, then) => row.querySelector(`[data-act="${name}"]`).addEventListener("click", then);
      const again = (focus) => {
        showOptions(editor, criterion, list, detector);
        editor.elements.get(focus)?.querySelector(".label")?.focus();
        editor.changed();
      };
      act("up", () => move(criterion.options, option, -1) && again(option));
      act("down", () => move(criterion.options, option, 1) && again(option));
      act("remove", () => {
        criterion.options.splice(criterion.options.indexOf(option), 1);
        again(criterion.options.at(-1));
      });
      row.addEventListener("keydown", (event) => {
        if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
        event.preventDefault();
        event.stopPropagation();
        if (move(criterion.options, option, event.key === "ArrowUp" ? -1 : 1)) again(option);
      });
      return row;
    }),
  );
}

function showCondition(editor, criterion, form, again) {
  const all = criteriaOf(editor.body);
  const before = all.slice(0, all.indexOf(criterion)).filter((one) => one.options?.length || kindOf(one) === "yes_no");
  const select = form.querySelector('[data-x="when"]');
  for (const one of before) select.add(new Option(inLanguage(one.question) || one.id, one.id));
  if (criterion.when && !before.some((one) => one.id === criterion.when.criterion)) select.add(new Option(criterion.when.criterion, criterion.when.criterion));
  select.value = criterion.when?.criterion ?? "";
  if (!before.length && !criterion.when) select.disabled = true, (select.title = editor.words.noParent);
  select.addEventListener("change", () => {
    if (select.value) criterion.when = { criterion: select.value, answers: [] };
    else delete criterion.when;
    again();
  });
  const parent = before.find((one) => one.id === criterion.when?.criterion);
  const options = parent?.options ?? (parent ? [{ id: "no", label: { en: editor.words.no } }, { id: "yes", label: { en: editor.words.yes } }] : []);
  form.querySelector("[data-answers]").replaceChildren(
    ...options.map((option) => {
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: criterion.when.answers.includes(option.id) });
      box.addEventListener("change", () => {
        const chosen = new Set(criterion.when.answers);
        if (box.checked) chosen.add(option.id);
        else chosen.delete(option.id);
        criterion.when.answers = options.map((one) => one.id).filter((id) => chosen.has(id));
        editor.changed();
      });
      label.append(box, ` ${inLanguage(option.label) || option.id}`);
      return label;
    }),
  );
}
