// The scorecard editor: draws the draft, keeps order and shares, shows what is to be mended at its field, saves by itself.
import { page, tell } from "./page.js";
import { settleConflict } from "./scorecard_conflict_box.js";
import { criterionLine, sumUp, toggle } from "./scorecard_criterion.js";
import { showFaults } from "./scorecard_faults.js";
import { bind, fields, inLanguage, setLanguage } from "./scorecard_fields.js";
import { criteriaOf, freshId, idsOf, kindOf, move, moveCriterion, newCriterion, shares, untranslated } from "./scorecard_model.js";
import { kept, saver } from "./scorecard_save.js";
import { drawScript } from "./scorecard_script.js";

const data = page();
const root = document.querySelector(".ed");
const one = (selector, where = document) => where.querySelector(selector);
const list = one("[data-sections]", root);
const key = `draft:scorecard:${data.user}:${data.name}`;
const editor = {
  body: data.body,
  words: data.words,
  groups: data.groups,
  catalogue: data.catalogue,
  detectors: new Map(data.detectors.map((item) => [item.name, item])),
  elements: new Map(),
  faults: data.faults,
  name: data.name,
  changed,
  showFaults: () => showFaults(editor),
};
Object.assign(fields, { language: data.language, words: data.words, changed });
editor.body.sections ??= [];

const saving = saver({
  address: root.dataset.save,
  key,
  revision: data.revision,
  body: () => editor.body,
  tell: (state, more) => {
    const text = { saving: data.words.saving, saved: more ? data.words.saved.replace("{time}", more) : "", unsaved: data.words.unsaved, offline: data.words.offline, gone: data.words.gone, refused: more };
    const status = one("[data-status]");
    status.textContent = text[state] ?? "";
    status.dataset.state = state;
  },
  faults: (faults) => {
    editor.faults = faults;
    showFaults(editor);
  },
  clash: showConflict,
});

const tenths = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
let drawing = 0;
function changed() {
  drawing ||= requestAnimationFrame(() => {
    drawing = 0;
    summarise();
  });
  saving.changed();
}

// --- drawing -------------------------------------------------------------------------------------------------------
const copyOf = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

function drawAll() {
  const open = new Set([...editor.elements].filter(([, element]) => element.classList?.contains("is-open")).map(([item]) => item.id));
  editor.elements.clear();
  list.replaceChildren(...editor.body.sections.map(drawSection));
  drawScript(editor);
  for (const criterion of criteriaOf(editor.body)) if (open.has(criterion.id)) toggle(editor, criterion, true);
  summarise();
  showFaults(editor);
}

function drawSection(section) {
  const element = copyOf("t-section");
  editor.elements.set(section, element);
  section.criteria ??= [];
  bind(element, section);
  one("[data-criteria]", element).replaceChildren(...section.criteria.map((item) => criterionLine(editor, item)));
  if (section.auto_fail) one(".section-more", element).open = true;
  return element;
}

function summarise() {
  const parts = shares(editor.body);
  const format = (value) => tenths.format(value);
  for (const [item, element] of editor.elements) {
    if (element.dataset.kind === "option" || element.dataset.kind === "stage") continue;
    const share = one("[data-share]", element);
    const label = item.bonus ? data.words.bonus : kindOf(item) === "text" ? "–" : `${format(parts.get(item) ?? 0)} %`;
    if (share.textContent === label) continue;
    share.textContent = label;
    share.title = data.words.share.replace("{n}", format(parts.get(item) ?? 0));
  }
  one("[data-shares]").replaceChildren(
    ...editor.body.sections.map((section) => {
      const row = document.createElement("li");
      const meter = Object.assign(document.createElement("meter"), { min: 0, max: 100, value: parts.get(section) ?? 0 });
      const name = Object.assign(document.createElement("span"), { textContent: inLanguage(section.title) || data.words.untitled });
      row.append(name, Object.assign(document.createElement("b"), { textContent: `${format(parts.get(section) ?? 0)} %` }), meter);
      return row;
    }),
  );
  for (const gap of document.querySelectorAll("[data-gap]")) {
    const missing = gap.dataset.gap === "en" ? 0 : untranslated(editor.body, gap.dataset.gap);
    gap.textContent = missing ? ` ${missing}` : "";
    gap.title = missing ? data.words.missing.replace("{n}", missing) : "";
  }
  one("[data-title]").textContent = inLanguage(editor.body.title) || data.name;
}

// --- acts ----------------------------------------------------------------------------------------------------------
const itemOf = (element) => [...editor.elements].find(([, found]) => found === element)?.[0];

function focusOn(item) {
  const element = editor.elements.get(item);
  one('[data-act="toggle"], .section-title', element)?.focus();
  element?.scrollIntoView({ block: "nearest" });
}

function addCriterion(section, after) {
  const made = newCriterion(editor.body, data.words);
  section.criteria.splice(after ? section.criteria.indexOf(after) + 1 : section.criteria.length, 0, made);
  const line = criterionLine(editor, made);
  const before = after && editor.elements.get(after);
  if (before) before.after(line);
  else one("[data-criteria]", editor.elements.get(section)).append(line);
  toggle(editor, made, true);
  one('[data-f="question"]', line).focus();
  changed();
}

function remove(holder, item) {
  const at = holder.indexOf(item);
  holder.splice(at, 1);
  drawAll();
  changed();
  const notice = one("[data-notice]");
  const back = Object.assign(document.createElement("button"), { type: "button", className: "btn small", textContent: data.words.undo });
  back.addEventListener("click", () => {
    holder.splice(at, 0, item);
    notice.hidden = true;
    drawAll();
    changed();
    focusOn(item);
  });
  notice.replaceChildren(`${data.words.removed} “${inLanguage(item.question ?? item.title) || item.id}” `, back);
  notice.hidden = false;
  back.focus();
}

function shift(item, by) {
  const sections = editor.body.sections;
  const moved = sections.includes(item) ? move(sections, item, by) : moveCriterion(editor.body, item, by);
  if (!moved) return;
  drawAll();
  focusOn(item);
  changed();
}

root.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]")?.dataset.act;
  const element = event.target.closest("[data-kind]");
  if (!act || element?.dataset.kind === "option") return;
  const item = element && itemOf(element);
  if (act === "add-section") {
    const made = { id: freshId("", idsOf(editor.body.sections), "section"), title: { en: data.words.newSection }, weight: 10, criteria: [] };
    editor.body.sections.push(made);
    list.append(drawSection(made));
    one(".section-title", editor.elements.get(made)).select();
    changed();
  } else if (act === "add-criterion") addCriterion(item);
  else if (act === "up" || act === "down") shift(item, act === "up" ? -1 : 1);
  else if (act === "remove") remove(element.dataset.kind === "section" ? editor.body.sections : editor.body.sections.find((section) => section.criteria.includes(item)).criteria, item);
  else if (act === "open-all") {
    const button = event.target.closest("button");
    const open = button.textContent === data.words.openAll;
    for (const criterion of criteriaOf(editor.body)) toggle(editor, criterion, open);
    button.textContent = open ? data.words.closeAll : data.words.openAll;
  }
});

root.addEventListener("keydown", (event) => {
  const element = event.target.closest('[data-kind]:not([data-kind="stage"])');
  const line = event.target.closest('[data-kind="criterion"]');
  if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key) && element) {
    event.preventDefault();
    shift(itemOf(line ?? element), event.key === "ArrowUp" ? -1 : 1);
  } else if (event.altKey && event.key === "Enter" && element) {
    event.preventDefault();
    const section = itemOf(event.target.closest('[data-kind="section"]'));
    addCriterion(section, line ? itemOf(line) : section.criteria.at(-1));
  } else if (event.key === "Escape" && line?.classList.contains("is-open")) {
    toggle(editor, itemOf(line), false);
    one('[data-act="toggle"]', line).focus();
  }
});
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    saving.flush();
  }
});
one("[data-faults]").addEventListener("click", () => one("[data-fault-list] button")?.click());

function speak(language) {
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  setLanguage(root, language);
  for (const criterion of criteriaOf(editor.body)) if (editor.elements.has(criterion)) sumUp(editor, criterion);
  summarise();
}
for (const button of document.querySelectorAll("[data-language]")) button.addEventListener("click", () => speak(button.dataset.language));

// --- leaving with everything saved ---------------------------------------------------------------------------------
for (const link of document.querySelectorAll("[data-saves]")) {
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    if (await saving.flush()) location.assign(link.href);
    else tell(one("[data-status]").textContent);
  });
}
for (const form of document.querySelectorAll("form[data-on-revision]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await saving.flush();
    if (document.getElementById("conflict").open) return; // somebody saved meanwhile: that is settled first
    one('[name="revision"]', form).value = saving.revision;
    form.submit();
  });
}
const dialog = document.getElementById("publish");
one('[data-open="publish"]').addEventListener("click", async () => {
  await saving.flush();
  one('[name="revision"]', dialog).value = saving.revision;
  dialog.showModal();
});
one("[data-close]", dialog).addEventListener("click", () => dialog.close());

// --- two editors ---------------------------------------------------------------------------------------------------
function showConflict(answer, base) {
  settleConflict(editor, answer, base, (merged) => {
    editor.body = merged;
    editor.body.sections ??= [];
    drawAll();
    bindHead();
    saving.resume(answer.revision, answer.body);
  });
}

// --- the beginning -------------------------------------------------------------------------------------------------
const head = one(".head-card");
const blank = head.cloneNode(true);
function bindHead() {
  const fresh = blank.cloneNode(true);
  one(".head-card").replaceWith(fresh);
  bind(fresh, editor.body);
}
const left = kept(key);
if (left?.body && JSON.stringify(left.body) !== JSON.stringify(data.body)) {
  editor.body = left.body;
  editor.body.sections ??= [];
  const notice = one("[data-notice]");
  notice.textContent = data.words.restored;
  notice.hidden = false;
}
bindHead();
drawAll();
speak(data.language);
if (editor.body !== data.body) {
  if (left.revision === data.revision) saving.changed();
  else showConflict({ revision: data.revision, body: data.body, by: "", at: "" }, left.base ?? null);
}
root.dataset.ready = "1";
