// Giving the call on the page to reviewers: who, until when, blind or not; nothing is loaded.
import { tell } from "./page.js";
import { fillPeople } from "./people.js";

export function giveCall() {
  const box = document.getElementById("give-window");
  if (!box) return;
  const form = box.querySelector("form");
  const trouble = form.querySelector("[data-trouble]");
  const people = form.querySelector("[data-people]");
  const { peopleUrl, waiting, given, same, lost } = box.dataset;

  document.addEventListener("click", async (event) => {
    if (event.target.closest?.("#give-window [data-close]")) return box.close();
    if (!event.target.closest?.("[data-give]")) return;
    trouble.hidden = true;
    box.showModal();
    await fillPeople(people, peopleUrl, ({ name, open }) => waiting.replace("{name}", name).replace("{n}", open));
    people.querySelector("input")?.focus();
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new FormData(form) })
      .then((response) => response.json())
      .catch(() => null);
    const left = answer?.left?.[0];
    trouble.textContent = !answer ? lost : answer.ok ? (left?.why ?? "") : answer.message;
    trouble.hidden = !trouble.textContent;
    if (!trouble.hidden) return;
    box.close();
    form.reset();
    people.replaceChildren(); // how much waits for each has changed
    tell(answer.done ? given : same);
  });
}
