// Comments on a call: the list beside it, marks on the sound, notes beside the turns; written at a second without stopping it.
import { openComposer } from "./comments_editor.js";
import { register } from "./keys.js";
import { calm, intoColumn, tell } from "./page.js";
import { send } from "./correct_send.js";

export function keepComments({ player, follow, data, placeMarks = () => {} }) {
  const card = document.getElementById("comments");
  if (!card) return null;
  const facts = JSON.parse(document.getElementById("comment-data").textContent);
  const { words } = facts;
  const list = document.getElementById("comment-list");
  let marks = facts.marks;

  /** The server's newer list in the place of the older one; nothing that is being written is touched. */
  function show(answer) {
    const focused = list.contains(document.activeElement) ? document.activeElement.closest("[data-comment]")?.id : "";
    const fresh = new DOMParser().parseFromString(answer.html, "text/html");
    list.replaceChildren(...fresh.body.childNodes);
    document.getElementById("comment-count").textContent = answer.count || "";
    marks = answer.marks;
    draw();
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  /** A pin on the sound for each thread at a second, and a note under the turn it belongs to. */
  function draw() {
    const layer = document.getElementById("remark-marks");
    layer?.replaceChildren(...marks.map(pin));
    for (const note of document.querySelectorAll("#turns > .remark-note")) note.remove();
    const turns = [...document.querySelectorAll("#turns .turn[data-start]")];
    let n = turns.length - 1;
    for (const mark of [...marks].reverse()) {
      while (n > 0 && Number(turns[n].dataset.start) > mark.at + 0.02) n -= 1;
      turns[n]?.after(note(mark));
    }
    document.getElementById("remarks-legend")?.toggleAttribute("hidden", !marks.length);
    placeMarks();
  }

  const by = (mark) => words.by.replace("{name}", mark.by).replace("{time}", mark.clock);

  function pin(mark) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = mark.reviewers ? "remark-pin hidden-from-rep" : "remark-pin";
    Object.assign(button.dataset, { at: mark.at, from: mark.at, to: mark.at, remark: mark.id });
    button.title = `${by(mark)}: ${mark.short}`;
    button.setAttribute("aria-label", `${words.mark}: ${button.title}`);
    return button;
  }

  function note(mark) {
    const line = document.createElement("p");
    line.className = "remark-note";
    const open = document.createElement("button");
    open.type = "button";
    open.dataset.remark = mark.id;
    const who = document.createElement("b");
    who.textContent = by(mark);
    open.append(who, ` ${mark.short}`);
    line.append(open);
    return line;
  }

  async function refresh() {
    const answer = await fetch(card.dataset.address, { headers: { Accept: "application/json" } })
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null);
    if (answer) show(answer);
  }

  /** Bring a comment into sight beside the call. */
  function lead(id) {
    const entry = document.getElementById(`comment${id}`);
    if (!entry) return;
    for (const other of list.querySelectorAll(".on")) other.classList.remove("on");
    entry.classList.add("on");
    const column = entry.closest(".col");
    if (column && column.scrollHeight > column.clientHeight + 1) intoColumn(entry);
    else if (!player?.playing) entry.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
  }

  const composer = openComposer({ card, facts, data, player, follow, onStored: show });

  async function takeBack(button) {
    if (!button.classList.contains("sure")) {
      button.classList.add("sure");
      button.dataset.label = button.textContent;
      button.textContent = button.dataset.sure;
      setTimeout(() => {
        button.classList.remove("sure");
        button.textContent = button.dataset.label;
      }, 4000);
      return;
    }
    try {
      show(await send(`${card.dataset.address}/${button.dataset.takeBack}`, { act: "delete" }));
      tell(words.takenBack);
    } catch (error) {
      tell(error.message || words.notSaved);
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { dataset } = button;
    if (dataset.remark) lead(dataset.remark);
    else if (!card.contains(button) && !button.closest(".turn, .controls")) return;
    else if (dataset.write !== undefined) composer.write(player?.now ?? null);
    else if (dataset.reply) composer.reply(dataset.reply, dataset.author);
    else if (dataset.change) composer.change(dataset.change, dataset.body);
    else if (dataset.takeBack) takeBack(button);
    else if (dataset.remarkTurn !== undefined) composer.write(Number(button.closest(".turn").dataset.start), button.closest(".turn"));
  });

  // One button for all turns, brought to the one under the pointer: two thousand of them would be felt.
  const here = document.getElementById("remark-here").content.firstElementChild.cloneNode(true);
  document.getElementById("turns")?.addEventListener("pointerover", (event) => {
    const turn = event.target.closest(".turn[data-start]");
    if (turn && here.parentElement !== turn && !turn.classList.contains("editing")) turn.append(here);
  });

  register({ id: "comment", group: "notes", keys: ["c"], run: () => composer.write(player?.now ?? null) });
  draw();
  const wanted = /^#comment(\d+)$/.exec(location.hash)?.[1];
  if (wanted) lead(wanted);
  addEventListener("focus", refresh); // what others wrote meanwhile
  return { draw, refresh };
}
