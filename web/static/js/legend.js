// The legend switches kinds of marks off and on; what was switched off stays off on the next call.
const KEPT = "marks-off";

export function switchMarks() {
  const box = document.getElementById("player");
  let off = read();

  function refresh() {
    for (const button of box.querySelectorAll(".legend [data-kind]")) {
      button.setAttribute("aria-pressed", String(!off.includes(button.dataset.kind)));
      box.classList.toggle(`no-${button.dataset.kind}`, off.includes(button.dataset.kind));
    }
  }

  box.addEventListener("click", (event) => {
    const kind = event.target.closest(".legend [data-kind]")?.dataset.kind;
    if (!kind) return;
    off = off.includes(kind) ? off.filter((one) => one !== kind) : [...off, kind];
    try {
      localStorage.setItem(KEPT, off.join(" "));
    } catch {
      // Kept for this page only.
    }
    refresh();
  });
  refresh();
  return { refresh };
}

function read() {
  try {
    return (localStorage.getItem(KEPT) ?? "").split(" ").filter(Boolean);
  } catch {
    return [];
  }
}
