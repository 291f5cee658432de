// The list of a call's evaluations: begin one, look at two side by side, answer one as its rep, close one as a lead.
import { tell } from "./page.js";
import { ask } from "./evaluate_send.js";

/** The newer judgement in its place; the page that lost sight of the call is read anew, and told so. */
export function show(html) {
  document.dispatchEvent(new CustomEvent("verdict", { detail: { html } }));
}

export function watchList({ words, begin }) {
  async function move(row, act, said = "") {
    const fields = new URLSearchParams({ evaluation: row.dataset.row, act, words: said, assignment: words.assignment });
    try {
      const { answer } = await ask("POST", words.move, fields);
      if (!answer.ok) return answer.message;
      tell(words.done);
      show(answer.html);
      return "";
    } catch {
      return words.failed;
    }
  }

  async function sides(button) {
    const box = button.closest("li")?.querySelector(".sides-box") ?? button.closest(".evaluations").querySelector(":scope > .sides-box");
    const shown = button.getAttribute("aria-expanded") === "true";
    for (const other of button.closest(".evaluations").querySelectorAll("[data-sides][aria-expanded=true]")) other.setAttribute("aria-expanded", "false");
    box.hidden = shown;
    if (shown) return;
    button.setAttribute("aria-expanded", "true");
    const query = new URLSearchParams({ evaluation: button.dataset.sides, ...(button.dataset.beside ? { beside: button.dataset.beside } : {}) });
    try {
      const response = await fetch(`${words.sides}?${query}`, { headers: { Accept: "text/html" } });
      if (!response.ok) throw new Error();
      box.replaceChildren(...new DOMParser().parseFromString(await response.text(), "text/html").body.childNodes);
    } catch {
      box.hidden = true;
      button.setAttribute("aria-expanded", "false");
      tell(words.failed);
    }
  }

  function askWords(button) {
    const form = button.closest("li").querySelector("form.words");
    const shut = !form.hidden && form.dataset.act === button.dataset.ask;
    form.hidden = shut;
    form.dataset.act = button.dataset.ask;
    button.setAttribute("aria-expanded", String(!shut));
    if (!shut) form.elements.words.focus();
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("#evaluations button");
    if (!button) return;
    const { begin: how, act, ask: asks, sides: beside, stands, other } = button.dataset;
    if (how !== undefined) begin(how === "blind");
    else if (act) {
      const wrong = await move(button.closest("li"), act);
      if (wrong) tell(wrong);
    } else if (asks) askWords(button);
    else if (beside) sides(button);
    else if (stands) {
      try {
        const fields = new URLSearchParams({ evaluation: stands, other, assignment: words.assignment });
        const { answer } = await ask("POST", words.stands, fields);
        tell(answer.ok ? words.done : answer.message);
        if (answer.ok) show(answer.html);
      } catch {
        tell(words.failed);
      }
    } else if (button.matches("[data-cancel]")) button.closest("form").hidden = true;
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest?.("#evaluations form.words");
    if (!form) return;
    event.preventDefault();
    const alert = form.querySelector("[role=alert]");
    const wrong = await move(form.closest("li"), form.dataset.act, form.elements.words.value);
    alert.hidden = !wrong;
    alert.textContent = wrong;
    if (wrong) form.elements.words.focus();
  });
}
