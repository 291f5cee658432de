// A scorecard's draft as the YAML has it: shares of the total, ids, kinds, detectors, moving things about.
export const KINDS = ["options", "yes_no", "range", "text"];

export const criteriaOf = (body) => (body.sections ?? []).flatMap((section) => section.criteria ?? []);
export const kindOf = (criterion) => criterion.kind ?? "options";
export const detectorOf = (criterion) => (typeof criterion.detector === "object" ? (criterion.detector?.name ?? "person") : (criterion.detector ?? "person"));
export const settingsOf = (criterion) => (typeof criterion.detector === "object" && criterion.detector ? criterion.detector : {});
const number = (value) => (Number.isFinite(value) && value > 0 ? value : 0);

/** Percent of the total by criterion and by section, where every criterion is answered. */
export function shares(body) {
  const weigh = (section) => (section.criteria ?? []).reduce((sum, one) => sum + number(one.weight), 0);
  const own = (section) => (weigh(section) > 0 ? number(section.weight ?? weigh(section)) : 0);
  const total = (body.sections ?? []).reduce((sum, section) => sum + own(section), 0);
  const found = new Map();
  for (const section of body.sections ?? []) {
    const inside = weigh(section);
    const part = total ? (100 * own(section)) / total : 0;
    found.set(section, part);
    for (const one of section.criteria ?? []) found.set(one, inside ? (part * number(one.weight)) / inside : 0);
  }
  return found;
}

/** An id nothing has yet, made of the words where they are Latin. */
export function freshId(words, taken, stem) {
  const slug = (words ?? "").toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40) || stem;
  let id = slug;
  for (let n = 2; taken.has(id) || ["na", "cannot_judge", "unanswered"].includes(id); n += 1) id = `${slug}-${n}`;
  return id;
}

export const idsOf = (items) => new Set((items ?? []).map((item) => String(item.id)));

export function newCriterion(body, words) {
  return {
    id: freshId("", idsOf(criteriaOf(body)), "criterion"), question: {}, detector: "person", weight: 1,
    options: [{ id: "0", points: 0, label: { en: words.worst } }, { id: "1", points: 1, label: { en: words.best } }],
  };
}

/** Put one kind's parts in place of another's; what still fits stays. */
export function setKind(criterion, kind, words) {
  if (kind === "options") delete criterion.kind;
  else criterion.kind = kind;
  if (kind === "range" || kind === "text") {
    delete criterion.detector;
    delete criterion.mode;
    delete criterion.options;
  } else criterion.detector ??= "person";
  if (kind === "text") for (const key of ["weight", "critical", "bonus"]) delete criterion[key];
  else if (!criterion.bonus) criterion.weight ??= 1;
  if (kind === "range") criterion.range ??= { least: 0, most: 10, step: 1 };
  else delete criterion.range;
  if (kind === "yes_no") {
    criterion.options = [{ id: "no", points: 0, label: { en: words.no } }, { id: "yes", points: 1, label: { en: words.yes } }];
  } else if (kind === "options" && !criterion.options?.length) {
    criterion.options = [{ id: "0", points: 0, label: { en: words.worst } }, { id: "1", points: 1, label: { en: words.best } }];
  }
}

/** Another detector: one answer for each thing it finds; the words of answers that stay in place are kept. */
export function setDetector(criterion, choice) {
  const settings = choice.settings.filter((item) => item.required);
  criterion.detector = settings.length ? { name: choice.name, groups: [] } : choice.name;
  if (choice.name === "person") {
    for (const option of criterion.options ?? []) delete option.when;
    return;
  }
  const old = criterion.options ?? [];
  const taken = new Set();
  criterion.options = choice.levels.map((level, n) => {
    const kept = kindOf(criterion) === "yes_no" ? old.find((one) => one.id === ["no", "yes"][n]) : old.find((one) => one.when === level.id) ?? old[n];
    const used = kept && !taken.has(kept) ? kept : { id: freshId(String(n), new Set(old.map((one) => one.id)), "a"), points: n, label: { en: level.label } };
    taken.add(used);
    used.when = level.id;
    return used;
  });
  const points = criterion.options.map((one) => one.points);
  if (new Set(points).size < 2) criterion.options.forEach((one, n) => (one.points = n));
}

export function setSetting(criterion, key, value) {
  const settings = { ...settingsOf(criterion), name: detectorOf(criterion) };
  if (value === undefined || value === "" || value === null) delete settings[key];
  else settings[key] = value;
  criterion.detector = Object.keys(settings).length > 1 ? settings : settings.name;
}

/** Move an item by one; true when it moved. A criterion at the edge of its section goes into the next one. */
export function move(list, item, by) {
  const at = list.indexOf(item);
  const to = at + by;
  if (at < 0 || to < 0 || to >= list.length) return false;
  list.splice(at, 1);
  list.splice(to, 0, item);
  return true;
}

export function moveCriterion(body, criterion, by) {
  const n = body.sections.findIndex((section) => section.criteria?.includes(criterion));
  if (n < 0) return false;
  if (move(body.sections[n].criteria, criterion, by)) return true;
  const next = body.sections[n + by];
  if (!next) return false;
  body.sections[n].criteria.splice(body.sections[n].criteria.indexOf(criterion), 1);
  next.criteria ??= [];
  next.criteria.splice(by > 0 ? 0 : next.criteria.length, 0, criterion);
  return true;
}

/** Texts that are written in English and not in this language. */
export function untranslated(body, language) {
  let missing = 0;
  const look = (value) => {
    if (Array.isArray(value)) value.forEach(look);
    else if (value && typeof value === "object") {
      if (typeof value.en === "string" && value.en && Object.keys(value).every((key) => key.length === 2)) missing += value[language] ? 0 : 1;
      else Object.values(value).forEach(look);
    }
  };
  look([body.title, body.description, body.sections, body.stages]);
  return missing;
}
