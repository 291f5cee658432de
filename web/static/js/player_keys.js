// Which keys do what on the call page, for the acts of the player and the transcript; other modules register their own.
import { calm } from "./page.js";
import { listenForKeys, register } from "./keys.js";

const STEP = 5; // seconds
const SMALL_STEP = 1;

const GO = { t: "transcript", s: "scorecard", o: "objections", f: "figures", c: "comments" };

export function bindKeys({ player, follow, quotes, episodes, measures, find, share, correct, swap, stretch }) {
  if (player) {
    const by = (seconds) => () => player.seek(player.now + seconds);
    register(
      { id: "play", group: "play", keys: [" ", "k"], run: () => player.toggle() },
      { id: "turns", group: "play", keys: ["j"], show: ["J", "L"], repeats: true, run: () => follow.step(-1) },
      { id: "turn-next", group: "play", keys: ["l"], repeats: true, run: () => follow.step(1) },
      { id: "seconds", group: "play", keys: ["ArrowLeft"], show: ["←", "→"], repeats: true, run: by(-STEP) },
      { id: "seconds-on", group: "play", keys: ["ArrowRight"], repeats: true, run: by(STEP) },
      { id: "second", group: "play", keys: ["Shift+ArrowLeft"], show: ["⇧←", "⇧→"], repeats: true, run: by(-SMALL_STEP) },
      { id: "second-on", group: "play", keys: ["Shift+ArrowRight"], repeats: true, run: by(SMALL_STEP) },
      { id: "speed", group: "play", keys: ["<"], show: ["<", ">"], run: () => player.speed(-1) },
      { id: "faster", group: "play", keys: [">"], run: () => player.speed(1) },
      { id: "skip", group: "play", keys: ["s"], run: () => player.toggleSkip() },
      { id: "begin", group: "stretch", keys: ["["], run: stretch.begin },
      { id: "end", group: "stretch", keys: ["]"], run: stretch.finish },
      { id: "repeat-turn", group: "stretch", keys: ["t"], run: stretch.turn },
      { id: "clear", group: "stretch", keys: ["\\"], run: stretch.clear },
      { id: "share", group: "stretch", keys: ["u"], run: share },
      { id: "marks", group: "marks", keys: ["m"], show: ["M", "⇧M"], repeats: true, run: () => measures.step(1) },
      { id: "mark-before", group: "marks", keys: ["M"], repeats: true, run: () => measures.step(-1) },
      { id: "quotes", group: "marks", keys: ["q"], show: ["Q", "⇧Q"], run: () => quotes.step(1) },
      { id: "quote-before", group: "marks", keys: ["Q"], run: () => quotes.step(-1) },
      { id: "episodes", group: "marks", keys: ["o"], show: ["O", "⇧O"], run: () => episodes.step(1) },
      { id: "episode-before", group: "marks", keys: ["O"], run: () => episodes.step(-1) },
      { id: "moves", group: "marks", keys: ["v"], show: ["V", "⇧V"], run: () => episodes.move(1) },
      { id: "move-before", group: "marks", keys: ["V"], run: () => episodes.move(-1) },
      { id: "follow", group: "transcript", keys: ["f"], run: () => follow.toggle() },
    );
  }
  if (find) register({ id: "find", group: "transcript", keys: ["/"], run: () => find.focus() });
  if (document.querySelector("#turns.can-edit"))
    register(
      { id: "correct", group: "transcript", keys: ["i"], run: () => correct.edit() },
      { id: "swap", group: "transcript", keys: ["w"], run: () => swap() },
    );
  register({ id: "save", group: "page", keys: [], show: ["Ctrl ↵", "Esc"], run: () => {} }); // each form answers these itself
  for (const [key, part] of Object.entries(GO))
    if (document.getElementById(part)) register({ id: `go-${part}`, group: "page", keys: [`g ${key}`], run: () => goTo(part) });
  listenForKeys();
}

/** Bring a part of the page into sight, with the keyboard in it. */
function goTo(id) {
  const part = document.getElementById(id);
  if (!part) return;
  part.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
  if (!part.hasAttribute("tabindex")) part.tabIndex = -1;
  part.focus({ preventScroll: true });
}
