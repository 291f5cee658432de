// Figures of people: a choice is shown at once, and the map of a team is walked with the arrow keys.

for (const form of document.querySelectorAll("form[data-choices]")) {
  const button = form.querySelector("button");
  if (button) button.hidden = true; // with a script the button has nothing left to do
  form.addEventListener("change", () => form.requestSubmit());
}

const map = document.querySelector("[data-heat]");
if (map) {
  const rows = [...map.tBodies[0].rows].map((row) => [...row.cells].slice(1));
  const said = document.querySelector("[data-heat-said]");
  const cells = [...map.querySelectorAll("[data-cell]")];
  // One stop for the tabulator: inside, the arrows go from cell to cell.
  cells.forEach((cell, n) => (cell.tabIndex = n === 0 ? 0 : -1));

  const place = (cell) => {
    for (let y = 0; y < rows.length; y += 1) {
      const x = rows[y].indexOf(cell.closest("td"));
      if (x >= 0) return [x, y];
    }
    return null;
  };
  // The next cell in a direction that holds a figure; empty ones are stepped over.
  const next = (x, y, dx, dy) => {
    for (let cx = x + dx, cy = y + dy; rows[cy] && rows[cy][cx]; cx += dx, cy += dy) {
      const link = rows[cy][cx].querySelector("[data-cell]");
      if (link) return link;
    }
    return null;
  };
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const show = (cell) => {
    if (said) said.textContent = cell ? cell.title : said.dataset.hint;
  };
  map.addEventListener("keydown", (event) => {
    const cell = event.target.closest("[data-cell]");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = place(cell);
    let to = null;
    if (steps[event.key]) to = next(...at, ...steps[event.key]);
    else if (event.key === "Home") to = rows[at[1]].map((td) => td.querySelector("[data-cell]")).find(Boolean);
    else if (event.key === "End") to = rows[at[1]].map((td) => td.querySelector("[data-cell]")).findLast(Boolean);
    else return;
    event.preventDefault();
    if (!to) return;
    cells.forEach((one) => (one.tabIndex = -1));
    to.tabIndex = 0;
    to.focus();
  });
  map.addEventListener("focusin", (event) => show(event.target.closest("[data-cell]")));
  map.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("[data-cell]");
    if (cell) show(cell);
  });
}
