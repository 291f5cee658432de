// What is to be mended in a draft: shown at its field, at its line, and in a list that leads there.
import { toggle } from "./scorecard_criterion.js";
import { inLanguage } from "./scorecard_fields.js";

const one = (selector, where = document) => where.querySelector(selector);

/** The part of the draft a fault's path leads to, and the rest of the path inside it. */
function placeOf(editor, path) {
  let [item, found, rest] = [editor.body, null, path];
  path.forEach((step, n) => {
    item = item?.[step];
    if (editor.elements.has(item)) [found, rest] = [item, path.slice(n + 1)];
  });
  return { item: found, field: rest.filter((step) => typeof step === "string").join("."), rest };
}

function criterionAt(editor, path) {
  return path[0] === "sections" && path[2] === "criteria" ? editor.body.sections[path[1]]?.criteria?.[path[3]] : undefined;
}

export function showFaults(editor) {
  for (const box of document.querySelectorAll("[data-fault]")) box.hidden = true;
  for (const field of document.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const element of document.querySelectorAll(".has-fault")) element.classList.remove("has-fault");
  const rows = editor.faults.map((fault) => {
    const { item, field } = placeOf(editor, fault.path);
    const element = item && editor.elements.get(item);
    const criterion = criterionAt(editor, fault.path);
    if (criterion) editor.elements.get(criterion)?.classList.add("has-fault");
    if (element) {
      const box = one("[data-fault]", element);
      box.textContent = fault.text;
      box.hidden = false;
      element.classList.add("has-fault");
      for (const part of element.querySelectorAll("[data-f]")) if (part.closest("[data-kind]") === element && (part.dataset.f === field || (field && part.dataset.f.startsWith(`${field}.`)) || field.startsWith(`${part.dataset.f}.`))) part.setAttribute("aria-invalid", "true");
    }
    const row = document.createElement("li");
    const jump = Object.assign(document.createElement("button"), { type: "button", className: "linkish" });
    const section = fault.path[0] === "sections" ? editor.body.sections[fault.path[1]] : null;
    const where = criterion ? inLanguage(criterion.question) || criterion.id : section ? inLanguage(section.title) || section.id : editor.words[fault.path[0]] ?? "";
    jump.append(Object.assign(document.createElement("b"), { textContent: where || editor.name }), ` ${fault.text}`);
    jump.addEventListener("click", () => goTo(editor, fault.path, criterion));
    row.append(jump);
    return row;
  });
  one("[data-fault-list]").replaceChildren(...rows);
  one("[data-clean]").hidden = rows.length > 0;
  const count = one("[data-count]");
  count.textContent = rows.length || "";
  count.className = rows.length ? "chip bad" : "chip";
  count.hidden = !rows.length;
  const button = one("[data-faults]");
  button.hidden = !rows.length;
  button.textContent = editor.words.faults.replace("{n}", rows.length);
  one("[data-publish]").disabled = rows.length > 0;
  const why = one("[data-publish-faults]");
  why.hidden = !rows.length;
  why.textContent = editor.words.notPublishable;
}

function goTo(editor, path, criterion) {
  if (criterion) toggle(editor, criterion, true);
  const { item, field } = placeOf(editor, path);
  const element = editor.elements.get(item) ?? one(".ed");
  const target = (field && [...element.querySelectorAll("[data-f]")].find((part) => part.getAttribute("aria-invalid"))) || one("input, button", element);
  target?.focus();
  element.scrollIntoView({ block: "nearest" });
}
