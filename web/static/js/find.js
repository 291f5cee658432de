// Find in the transcript: marks whole pieces of text across words, steps through them with Enter.
import { calm } from "./page.js";
import { unweave } from "./woven.js";

const fold = (text) => text.toLocaleLowerCase().replaceAll("ё", "е");

export function findInTranscript(words) {
  const input = document.getElementById("find");
  const output = document.getElementById("found");
  if (!input) return null;
  let hits = [];
  let at = -1;

  function clear() {
    for (const piece of document.querySelectorAll("#turns .hit")) piece.replaceWith(...piece.childNodes);
    for (const turn of document.querySelectorAll("#turns .text")) turn.normalize();
    hits = [];
    at = -1;
  }

  function search() {
    clear();
    const wanted = fold(input.value.trim());
    if (!wanted) {
      output.textContent = "";
      return;
    }
    for (const paragraph of document.querySelectorAll("#turns .turn .text")) markIn(paragraph, wanted);
    if (hits.length) go(0);
    else output.textContent = words.noHit;
  }

  function markIn(paragraph, wanted) {
    const text = fold(paragraph.textContent);
    const places = [];
    for (let n = text.indexOf(wanted); n >= 0 && places.length < 200; n = text.indexOf(wanted, n + wanted.length)) places.push(n);
    if (places.length) unweave(paragraph);
    for (const place of places.reverse()) hits.unshift(...wrap(paragraph, place, place + wanted.length));
    hits.sort((a, b) => (a[0].compareDocumentPosition(b[0]) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  }

  /** Put <span class="hit"> round the characters, in as many pieces as the words they lie in. */
  function wrap(paragraph, from, to) {
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    const parts = [];
    let offset = 0;
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const start = Math.max(from - offset, 0);
      const end = Math.min(to - offset, node.length);
      if (start < end) parts.push([node, start, end]);
      offset += node.length;
    }
    const pieces = parts.map(([node, start, end]) => {
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, end);
      const hit = document.createElement("span");
      hit.className = "hit";
      range.surroundContents(hit);
      return hit;
    });
    return pieces.length ? [pieces] : [];
  }

  function go(next) {
    if (!hits.length) return;
    hits[at]?.forEach((piece) => piece.classList.remove("on"));
    at = (next + hits.length) % hits.length;
    hits[at].forEach((piece) => piece.classList.add("on"));
    show(hits[at][0]);
    output.textContent = `${at + 1} ${words.of} ${hits.length}`;
  }

  /** Far away in a long call the turns between have no measured height yet: jump, and look again where it landed. */
  function show(hit, tries = 3) {
    const { top } = hit.getBoundingClientRect();
    const far = top < -innerHeight * 2 || top > innerHeight * 3;
    hit.scrollIntoView({ block: "center", behavior: far || calm.matches ? "instant" : "smooth" });
    if (far && tries) requestAnimationFrame(() => requestAnimationFrame(() => hit.isConnected && show(hit, tries - 1)));
  }

  let wait;
  input.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(search, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      go(at + (event.shiftKey ? -1 : 1));
    } else if (event.key === "Escape") {
      input.value = "";
      search();
      input.blur();
    }
  });
  return {
    focus() {
      input.focus();
      input.select();
    },
  };
}
