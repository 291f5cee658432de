// Fields bound to a part of the draft: words in the language chosen (English stands in, greyed), numbers, flags, choices.
export const fields = { language: "en", words: {}, changed: () => {} };

const read = (item, path) => path.split(".").reduce((value, key) => value?.[key], item);

function write(item, path, value) {
  const keys = path.split(".");
  const last = keys.pop();
  let holder = item;
  for (const key of keys) holder = holder[key] ??= {};
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  // A part that holds nothing any more is no part: an auto-fail without its two fields is none.
  if (keys.length && !Object.keys(holder).length) write(item, keys.join("."), undefined);
}

function show(field, item) {
  const value = read(item, field.dataset.f);
  const empty = field.dataset.empty;
  if (field.dataset.t === "words") {
    field.value = value?.[fields.language] ?? "";
    const english = value?.en ?? "";
    field.placeholder = fields.language !== "en" && english ? fields.words.fallback.replace("{text}", english) : "";
    field.lang = fields.language;
  } else if (field.dataset.t === "flag") field.checked = value ?? empty === "true";
  else if (field.dataset.t === "number") field.value = value ?? "";
  else field.value = value ?? empty ?? "";
}

function keep(field, item) {
  const path = field.dataset.f;
  if (field.dataset.t === "words") {
    const words = { ...(read(item, path) ?? {}) };
    if (field.value.trim()) words[fields.language] = field.value;
    else delete words[fields.language];
    write(item, path, Object.keys(words).length ? words : undefined);
  } else if (field.dataset.t === "flag") {
    const usual = field.dataset.empty === "true";
    write(item, path, field.checked === usual ? undefined : field.checked);
  } else if (field.dataset.t === "number") {
    const value = field.value.trim() === "" ? undefined : Number(field.value);
    write(item, path, Number.isNaN(value) ? field.value : value);
  } else write(item, path, field.value === "" || field.value === field.dataset.empty ? undefined : field.value);
}

/** Show the item in the fields of `root` and keep what is typed; `after` hears of each change. */
export function bind(root, item, after = () => {}) {
  for (const field of root.querySelectorAll("[data-f]")) {
    if (field.closest("[data-kind]") !== root.closest("[data-kind]") && field.closest("[data-kind]") !== root) continue;
    const label = field.closest(".field")?.querySelector("label");
    if (label && !field.id) {
      field.id = `f${Math.random().toString(36).slice(2, 10)}`;
      label.htmlFor = field.id;
    }
    show(field, item);
    field.addEventListener(field.tagName === "SELECT" || field.type === "checkbox" ? "change" : "input", () => {
      keep(field, item);
      after(field);
      fields.changed();
    });
    field.addEventListener("callcoach:language", () => show(field, item));
  }
}

export function setLanguage(root, language) {
  fields.language = language;
  for (const field of root.querySelectorAll('[data-t="words"]')) field.dispatchEvent(new CustomEvent("callcoach:language"));
}

/** The words of a text in the language chosen, else in English, else in any. */
export const inLanguage = (words) => words?.[fields.language] || words?.en || Object.values(words ?? {})[0] || "";
