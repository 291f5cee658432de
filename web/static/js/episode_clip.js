// An objection and its answer into the library of clips, and into a playlist at once: the button on a line, or the key c.
import { addKey } from "./listkeys.js";
import { tell } from "./page.js";

const box = document.getElementById("clip-window");
const form = box.querySelector("form");
const trouble = form.querySelector("[data-trouble]");
let address = "";

async function open(button) {
  const { clips, start, end, title, topic, said } = button.dataset;
  address = clips;
  form.reset();
  form.elements.start.value = start;
  form.elements.end.value = end;
  form.elements.title.value = title;
  form.elements.topic.value = topic;
  form.querySelector("[data-said]").textContent = said;
  trouble.hidden = true;
  box.showModal();
  form.elements.title.select();
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return; // a clip can be kept all the same; only the lists to choose from are missing
  const offered = await answer.json();
  const list = form.elements.playlist;
  list.replaceChildren(list.options[0], ...offered.playlists.map((one) => new Option(one.title, one.id)));
  document.getElementById("clip-topics").replaceChildren(...offered.topics.map((one) => new Option(one, one)));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const answer = await fetch(address, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.message);
    box.close();
    tell(told.message);
  } catch (error) {
    trouble.textContent = error instanceof TypeError || !error.message ? trouble.dataset.lost : error.message;
    trouble.hidden = false;
  }
});
box.addEventListener("click", (event) => event.target.closest("[data-close]") && box.close());
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-clips]");
  if (button) open(button);
});
addKey("c", (line) => {
  const button = line?.querySelector("button[data-clips]");
  if (button) open(button);
});
