// Drafts whose turn is not there any more (somebody split or changed it): shown with a way to go on, never lost.
import { clock, tell } from "./page.js";
import { dropDraft, keepDraft, listDrafts, readDraft } from "./correct_draft.js";

export function placeDrafts({ data, edit, openKey }) {
  const box = document.getElementById("drafts");
  if (!box) return () => {};
  const row = document.getElementById("draft-row");
  const turns = () => [...document.querySelectorAll("#turns .turn")];

  function refresh() {
    const standing = new Set(turns().map((turn) => turn.dataset.key));
    const lost = listDrafts(data.call).filter(({ key }) => !standing.has(key) && key !== openKey());
    box.querySelector("ul").replaceChildren(...lost.map(makeRow));
    box.hidden = !lost.length;
  }

  function makeRow({ key, values }) {
    const item = row.content.firstElementChild.cloneNode(true);
    const turn = nearest(values);
    const near = item.querySelector("[data-near]");
    near.textContent = values.at === undefined ? "–" : clock(values.at);
    near.disabled = values.at === undefined;
    if (values.at !== undefined) near.dataset.at = values.at;
    item.querySelector("q").textContent = values.text;
    item.querySelector("[data-place]").addEventListener("click", () => place(key, values, turn));
    item.querySelector("[data-drop]").addEventListener("click", () => {
      dropDraft(data.call, key);
      refresh();
    });
    return item;
  }

  /** The draft moves to the turn that stands there now; with a draft of its own both texts are kept. */
  function place(key, values, turn) {
    if (!turn) return;
    const there = readDraft(data.call, turn.dataset.key);
    const { speaker, start, end } = there ?? {};
    const text = there ? `${there.text} ${values.text}` : values.text;
    keepDraft(data.call, turn.dataset.key, { text, speaker, start, end, at: turn.dataset.start });
    dropDraft(data.call, key);
    refresh();
    edit(turn);
    tell(data.words.draftPlaced);
  }

  /** The turn that is said at the draft's second; without times the one that shares most words with it. */
  function nearest(values) {
    const all = turns();
    if (values.at !== undefined) {
      const begun = all.filter((turn) => Number(turn.dataset.start) <= Number(values.at) + 0.05);
      return begun.at(-1) ?? all[0];
    }
    const words = new Set(values.text.toLocaleLowerCase().split(/\s+/));
    const shared = (turn) => turn.querySelector(".text").textContent.toLocaleLowerCase().split(/\s+/).filter((word) => words.has(word)).length;
    return all.sort((a, b) => shared(b) - shared(a))[0];
  }

  refresh();
  return refresh;
}
