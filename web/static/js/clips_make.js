// Keeping the chosen stretch of a call as a clip: title, note, topic, and a playlist.
import { register } from "./keys.js";
import { clock, tell } from "./page.js";
import { send } from "./correct_send.js";
import { unweave } from "./woven.js";

const TITLE_WORDS = 9;

export function makeClips({ player, stretch }) {
  const dialog = document.getElementById("clip");
  if (!dialog || !player) return null;
  const words = JSON.parse(document.getElementById("clip-data").textContent);
  const form = dialog.querySelector(".clip-form");
  const { elements } = form;
  let chosen = null;

  async function open() {
    chosen = stretch.get();
    if (!chosen) return tell(words.noStretch);
    form.reset();
    say("");
    form.querySelector("[data-range]").textContent = `${clock(chosen.start)}–${clock(chosen.end)}`;
    elements.title.value = said(chosen);
    player.pause();
    dialog.showModal();
    elements.title.select();
    const answer = await fetch(dialog.dataset.address, { headers: { Accept: "application/json" } })
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null);
    if (!answer) return undefined;
    form.querySelector("datalist").replaceChildren(...answer.topics.map((topic) => new Option(topic, topic)));
    const [none] = elements.playlist.options;
    elements.playlist.replaceChildren(none, ...answer.playlists.map((one) => new Option(one.title, one.id)));
    return undefined;
  }

  function say(text) {
    const alert = form.querySelector("[role=alert]");
    alert.textContent = text;
    alert.hidden = !text;
  }

  async function keep(event) {
    event?.preventDefault();
    if (!form.reportValidity()) return;
    const submit = form.querySelector("button.primary");
    if (submit.disabled) return;
    submit.disabled = true;
    const { title, note, topic, playlist } = elements;
    const fields = { start: chosen.start.toFixed(2), end: chosen.end.toFixed(2), title: title.value, note: note.value, topic: topic.value, playlist: playlist.value };
    try {
      await send(dialog.dataset.address, fields);
      dialog.close();
      tell(words.kept);
    } catch (error) {
      say(error.message || words.notSaved); // the form keeps what was typed
    } finally {
      submit.disabled = false;
    }
  }

  form.addEventListener("submit", keep);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) keep(event);
  });
  form.querySelector("[data-hear]").addEventListener("click", () => player.seek(chosen.start, { play: true, until: chosen.end }));
  dialog.addEventListener("close", () => player.pause());
  document.querySelector("#chosen [data-clip]")?.addEventListener("click", open);
  register({ id: "clip", group: "notes", keys: ["x"], run: open });
  return { open };
}

/** The first words of the stretch, for a title nobody has to type. */
function said({ start, end }) {
  const words = [];
  for (const turn of document.querySelectorAll("#turns .turn[data-start]")) {
    if (Number(turn.dataset.start) >= end || Number(turn.dataset.end) <= start) continue;
    unweave(turn);
    for (const word of turn.querySelectorAll(".w[data-t]"))
      if (Number(word.dataset.t) >= start - 0.05 && Number(word.dataset.t) < end) words.push(word.textContent.trim());
    if (words.length > TITLE_WORDS) break;
  }
  return words.slice(0, TITLE_WORDS).join(" ").slice(0, 110) + (words.length > TITLE_WORDS ? "…" : "");
}
