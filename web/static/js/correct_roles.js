// Who is who: one click swaps rep and client, or names the rep; the same click takes it back.
import { tell } from "./page.js";

export function chooseRoles({ rescore, data }) {
  const notices = document.getElementById("transcript-notices");
  let busy = false;

  async function decide(rep) {
    if (busy) return;
    busy = true;
    const fields = { seen: notices.dataset.decisions };
    if (rep) fields.rep = rep;
    const answer = await rescore.act(data.roles, fields);
    busy = false;
    if (answer) tell(rep ? data.words.named : data.words.swapped);
  }

  document.getElementById("transcript")?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-swap], [data-rep]");
    if (button) decide(button.dataset.rep);
  });
  return () => document.querySelector("[data-swap]") && decide();
}
