// Two people changed one draft: what differs, part by part, side by side; what each one alone changed is chosen for them.
import { criteriaOf } from "./scorecard_model.js";

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** The draft in parts that can be chosen one by one, by a key. */
export function partsOf(body) {
  const parts = new Map();
  for (const key of ["title", "description", "stages"]) parts.set(key, { what: key, value: body?.[key] });
  parts.set("order", { what: "order", value: (body?.sections ?? []).map((section) => [section.id, (section.criteria ?? []).map((one) => one.id)]) });
  const take = (kind, item, skip) => {
    for (const [field, value] of Object.entries(item)) if (field !== "id" && field !== skip) parts.set(`${kind}:${item.id}:${field}`, { what: field, of: item, value });
  };
  for (const section of body?.sections ?? []) take("s", section, "criteria");
  for (const criterion of criteriaOf(body ?? {})) take("c", criterion);
  return parts;
}

const has = (body, key) => {
  const [kind, id] = key.split(":");
  if (kind === "s") return (body.sections ?? []).some((one) => one.id === id);
  return kind !== "c" || criteriaOf(body).some((one) => one.id === id);
};

/** What differs: [{key, what, of, mine, theirs, take}]; `base` is what both began with, null where that is not known. */
export function differences(mine, theirs, base) {
  const [a, b, c] = [partsOf(mine), partsOf(theirs), base ? partsOf(base) : null];
  const rows = [];
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    // A part of a criterion only one side has goes with the order, which says what there is.
    if (!has(mine, key) || !has(theirs, key) || same(a.get(key)?.value, b.get(key)?.value)) continue;
    const untouched = c && same(a.get(key)?.value, c.get(key)?.value);
    const { what, of } = a.get(key) ?? b.get(key);
    rows.push({ key, what, of, mine: a.get(key)?.value, theirs: b.get(key)?.value, take: untouched ? "theirs" : "mine" });
  }
  return rows;
}

/** One draft of both, as chosen. */
export function merge(mine, theirs, rows) {
  const takes = new Map(rows.map((row) => [row.key, row.take]));
  const sides = { mine, theirs };
  const result = {};
  for (const key of ["title", "description", "stages"]) {
    const value = sides[takes.get(key) ?? "mine"][key];
    if (value !== undefined) result[key] = value;
  }
  const find = (body, kind, id) => (kind === "s" ? (body.sections ?? []) : criteriaOf(body)).find((one) => one.id === id);
  const build = (kind, id) => {
    const [one, other] = [find(mine, kind, id), find(theirs, kind, id)];
    if (!one || !other) return structuredClone(one ?? other);
    const made = {};
    for (const field of new Set([...Object.keys(one), ...Object.keys(other)])) {
      const value = (takes.get(`${kind}:${id}:${field}`) === "theirs" ? other : one)[field];
      if (value !== undefined) made[field] = structuredClone(value);
    }
    return made;
  };
  result.sections = (sides[takes.get("order") ?? "mine"].sections ?? []).map((section) => ({
    ...build("s", section.id),
    criteria: (section.criteria ?? []).map((one) => build("c", one.id)),
  }));
  return result;
}

/** A part's value as short text. */
export function brief(value) {
  if (value === undefined) return "–";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value) && value.every((one) => Array.isArray(one))) return value.map(([id, inside]) => `${id}: ${inside.join(", ")}`).join(" | ");
  if (Array.isArray(value)) return value.map((one) => (one?.points !== undefined ? `${one.points} ${brief(one.label)}` : brief(one))).join("; ");
  return Object.values(value).map(brief).join(" · ");
}
