// The window that shows every key of the page, group by group, in the page's language.
const ORDER = ["play", "stretch", "marks", "notes", "score", "transcript", "page"]; // groups nobody named here come last
const SIGNS = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Enter: "↵", Escape: "Esc" };

/** Words of groups and acts from every data-key-words script of the page; the later ones add to the earlier. */
export function keyWords() {
  const words = { groups: {}, acts: {} };
  for (const script of document.querySelectorAll("script[data-key-words]")) {
    const { groups = {}, acts = {} } = JSON.parse(script.textContent);
    Object.assign(words.groups, groups);
    Object.assign(words.acts, acts);
  }
  return words;
}

/** One key as it is printed on keyboards: "M" is Shift with M, "m" is M. */
export function signs(key) {
  return key.split(/(?<=.) (?=.)/).map((one) => {
    let rest = one;
    let before = "";
    for (const [name, sign] of [["Ctrl+", "Ctrl "], ["Shift+", "⇧"]])
      if (rest.startsWith(name) && rest.length > name.length) {
        rest = rest.slice(name.length);
        before += sign;
      }
    if (/^[A-Z]$/.test(rest)) before += "⇧";
    return before + (SIGNS[rest] ?? rest.toUpperCase());
  });
}

/** Fill the dialog with the acts that have words, and open it. */
export function help(box, acts) {
  const { groups, acts: words } = keyWords();
  const place = (group) => (ORDER.indexOf(group) + 1 || ORDER.length + 1);
  const sorted = Object.entries(groups).sort(([one], [other]) => place(one) - place(other));
  const parts = sorted.map(([group, title]) => {
    const rows = acts.filter((act) => act.group === group && words[act.id] && (act.shown?.() ?? true));
    if (!rows.length) return null;
    const part = document.createElement("section");
    const head = document.createElement("h3");
    head.textContent = title;
    const list = document.createElement("dl");
    list.className = "keylist";
    for (const act of rows) list.append(...row(act, words[act.id]));
    part.append(head, list);
    return part;
  });
  box.querySelector(".body").replaceChildren(...parts.filter(Boolean));
  box.showModal();
}

function row(act, words) {
  const keys = document.createElement("dt");
  for (const key of act.show ?? act.keys.filter((one) => !act.hidden?.includes(one)))
    for (const sign of act.show ? [key] : signs(key)) {
      const kbd = document.createElement("kbd");
      kbd.textContent = sign;
      keys.append(kbd, " ");
    }
  const says = document.createElement("dd");
  says.textContent = words;
  return [keys, says];
}
