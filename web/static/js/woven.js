// Words of a long call: plain text until somebody looks at it or hears it, then each word an element with its second.

/** Make elements of a turn's words; a turn that has them is left as it is. */
export function unweave(turn) {
  for (const woven of turn.querySelectorAll(".ws")) {
    const text = woven.textContent;
    const made = document.createDocumentFragment();
    let at = 0;
    for (const piece of woven.dataset.w.split(" ")) {
      const [length, second] = piece.split("@");
      const end = at + Number(length);
      if (second === undefined) made.append(text.slice(at, end));
      else {
        const word = document.createElement("span");
        word.className = "w";
        word.dataset.t = second;
        word.textContent = text.slice(at, end);
        made.append(word);
      }
      at = end;
    }
    woven.replaceWith(made);
  }
}

/** Unweave turns as they come near the screen; call again when the transcript was replaced. */
export function unweaveWhereLooked() {
  const turns = document.querySelectorAll("#turns.long .turn");
  if (!turns.length) return;
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        seen.unobserve(entry.target);
        if (getSelection().isCollapsed || !getSelection().containsNode(entry.target, true)) unweave(entry.target);
      }
    },
    { rootMargin: "600px 0px" },
  );
  for (const turn of turns) seen.observe(turn);
}
