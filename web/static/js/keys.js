// The one registry of keys: any module adds its acts, one listener finds the act for a key press, `?` shows them all.
//
//   register({ id: "play", group: "play", keys: ["k", " "], run: () => player.toggle() });
//
// `keys` are characters as printed on a Latin keyboard ("k", "K" with Shift, "[", "?"), names ("ArrowLeft", "Escape",
// "Enter"), either with "Shift+", "Ctrl+" (also Cmd) before it, or two in a row ("g s"). The words of the help come from
// JSON scripts marked data-key-words: {"groups": {group: words}, "acts": {id: words}}.
// Of two acts on one key the later one is asked first; `when` false leaves the key to the other, `shown` false keeps it
// out of the help.
import { help } from "./keys_help.js";

const PREFIX_WAIT = 1600; // ms in which the second key of a pair must come
const acts = [];

// What stands on a key of a US keyboard: asked when another alphabet, another layout or an input method has the keyboard.
const PLACES = {
  BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|", Slash: "/?", Comma: ",<", Period: ".>", Minus: "-_", Equal: "=+", Backquote: "`~", Quote: "'\"", Semicolon: ";:",
};

/** Add acts; returns a function that takes them away again. */
export function register(...added) {
  for (const act of added) acts.push({ when: () => true, repeats: false, inFields: false, ...act });
  const kept = acts.slice(-added.length);
  return () => kept.forEach((act) => acts.splice(acts.indexOf(act), 1));
}

/** Every act now registered, in the order of registration. */
export function registered() {
  return [...acts];
}

/** The names one key press goes by, the surest first: what it writes, then what stands there on a Latin keyboard. */
export function namesOf(event) {
  const graph = event.getModifierState?.("AltGraph");
  const modified = !graph && (event.ctrlKey || event.metaKey);
  const before = modified ? "Ctrl+" : "";
  const names = [];
  const latin = /^[a-z]$/i.test(event.key);
  if (latin) names.push(event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase()); // Caps Lock changes nothing
  else if ([...event.key].length === 1) names.push(event.key);
  else if (!["Process", "Unidentified", "Dead"].includes(event.key)) names.push(event.shiftKey ? `Shift+${event.key}` : event.key);
  if (!latin && !graph) {
    const place = placeOf(event.code ?? "", event.shiftKey);
    if (place) names.push(place);
  }
  return names.map((name) => before + name);
}

function placeOf(code, shifted) {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return shifted ? letter : letter.toLowerCase();
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
  if (digit) return shifted ? "" : digit;
  return PLACES[code]?.[shifted ? 1 : 0] ?? "";
}

let prefix = "";
let waiting;

function setPrefix(key) {
  clearTimeout(waiting);
  prefix = key;
  document.documentElement.toggleAttribute("data-key-prefix", Boolean(key));
  if (key) waiting = setTimeout(() => setPrefix(""), PREFIX_WAIT);
}

function find(event) {
  const inField = event.target.closest?.("input:not([type=checkbox], [type=radio], [type=button]), select, textarea, [contenteditable]");
  const inDialog = event.target.closest?.("dialog[open], [popover]:popover-open");
  const usable = (act) => (act.inFields || !inField) && (!inDialog || act.inDialog) && act.when();
  for (const name of namesOf(event)) {
    const wanted = prefix ? `${prefix} ${name}` : name;
    const act = acts.findLast((one) => one.keys.includes(wanted) && usable(one));
    if (act) return { act, wanted };
    if (!prefix && acts.some((one) => one.keys.some((key) => key.startsWith(`${name} `)) && usable(one))) return { act: null, wanted };
  }
  return null;
}

function pressed(event) {
  const graph = event.getModifierState?.("AltGraph");
  if ((event.altKey && !graph) || event.defaultPrevented || event.isComposing || ["Shift", "Control", "Alt", "Meta", "AltGraph"].includes(event.key)) return;
  // A button, link or summary in focus is pressed by these; nothing else may answer.
  if (["Enter", " "].includes(event.key) && !event.ctrlKey && !event.metaKey && event.target.closest?.("button, a, summary, [role=button], input[type=checkbox], input[type=radio]")) return;
  const found = find(event);
  if (!found) {
    setPrefix("");
    return;
  }
  event.preventDefault();
  if (!found.act) {
    setPrefix(found.wanted);
    return;
  }
  setPrefix("");
  if (!event.repeat || found.act.repeats) found.act.run(event);
}

let listening = false;

/** Begin to listen; once per page, however often it is asked. */
export function listenForKeys() {
  if (listening) return;
  listening = true;
  document.addEventListener("keydown", pressed);
  const box = document.getElementById("keys");
  if (!box) return;
  const toggle = () => (box.open ? box.close() : help(box, registered()));
  register({ id: "help", group: "page", keys: ["?"], run: toggle, inDialog: true, when: () => box.open || !document.querySelector("dialog[open]") });
  for (const button of document.querySelectorAll("[data-keys]")) button.addEventListener("click", toggle);
}
