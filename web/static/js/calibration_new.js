// A new calibration: found calls are added and taken out, the benchmark reviewer is somebody chosen.
const form = document.getElementById("calibration");
const list = document.getElementById("chosen");
const line = document.getElementById("chosen-line");
const count = form.querySelector("[data-count]");
const benchmark = form.elements.benchmark;

const ids = () => [...list.querySelectorAll("input[name=calls]")].map((field) => field.value);

function show() {
  const chosen = ids();
  count.textContent = count.dataset.words.replace("{n}", String(chosen.length));
  for (const button of document.querySelectorAll("[data-add]")) button.disabled = chosen.includes(button.dataset.add);
}

function add(button) {
  if (ids().includes(button.dataset.add)) return;
  const made = line.content.firstElementChild.cloneNode(true);
  made.querySelector("input").value = button.dataset.add;
  made.querySelector("b").textContent = button.dataset.label;
  made.querySelector(".muted").textContent = button.dataset.sub;
  const drop = made.querySelector("[data-drop]");
  drop.setAttribute("aria-label", drop.getAttribute("aria-label").replace(/\s*$/, ` ${button.dataset.label}`));
  list.append(made);
  show();
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.add) add(button);
  if (button?.matches("[data-drop]")) {
    button.closest("li").remove();
    show();
    document.getElementById("find").focus();
  }
});
// Enter in the search adds the first call found instead of sending the form.
document.getElementById("find").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const first = document.querySelector("#found [data-add]:not(:disabled)");
  if (first) add(first);
});
form.addEventListener("change", (event) => {
  if (event.target === benchmark) form.querySelector("[name=against][value=benchmark]").checked = true;
  if (event.target === benchmark || event.target.name === "against") {
    const on = form.querySelector("[name=against]:checked")?.value === "benchmark";
    const person = form.querySelector(`[name=people][value="${CSS.escape(benchmark.value)}"]`);
    if (on && person) person.checked = true; // who is measured against has to score too
  }
});
document.addEventListener("htmx:afterSettle", show);
show();
