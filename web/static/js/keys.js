// The keyboard of the call page. Keys are left alone in fields, in dialogs and together with Ctrl, Alt or Meta.
export function listenForKeys({ player, follow, quotes, episodes, measures, find, share, correct, swap }) {
  const help = document.getElementById("keys");
  const acts = { "/": () => find?.focus(), "?": () => (help.open ? help.close() : help.showModal()) };
  if (correct) acts.e = () => correct.edit();
  if (swap) acts.w = () => swap();
  if (player)
    Object.assign(acts, {
      " ": () => player.toggle(),
      k: () => player.toggle(),
      j: () => follow.step(-1),
      ArrowLeft: () => follow.step(-1),
      l: () => follow.step(1),
      ArrowRight: () => follow.step(1),
      ",": () => player.seek(player.now - 3),
      ".": () => player.seek(player.now + 3),
      "[": () => player.speed(-1),
      "]": () => player.speed(1),
      s: () => player.toggleSkip(),
      r: () => follow.toggleRepeat(),
      f: () => follow.toggle(),
      q: () => quotes.step(1),
      Q: () => quotes.step(-1),
      o: () => episodes.step(1),
      O: () => episodes.step(-1),
      m: () => episodes.move(1),
      M: () => episodes.move(-1),
      n: () => measures.step(1),
      N: () => measures.step(-1),
      c: () => share(),
    });

  // The keys' places on a Latin keyboard, so that they also work while another alphabet is on.
  const byPlace = { KeyK: "k", KeyJ: "j", KeyL: "l", KeyS: "s", KeyR: "r", KeyF: "f", KeyE: "e", KeyQ: "q", KeyW: "w", KeyO: "o", KeyM: "m", KeyN: "n", KeyC: "c", BracketLeft: "[", BracketRight: "]", Slash: "/", Comma: ",", Period: "." };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    if (event.target.closest("dialog[open]") && event.key !== "?") return;
    const onButton = event.target.closest("button, a, summary");
    if (onButton && [" ", "Enter"].includes(event.key)) return;
    let key = event.key;
    if (!(key in acts) && key.length === 1 && key.charCodeAt(0) > 127) {
      key = byPlace[event.code] ?? key;
      if (event.shiftKey) key = { q: "Q", o: "O", m: "M", n: "N", "/": "?" }[key] ?? key;
    }
    const act = acts[key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  for (const button of document.querySelectorAll("[data-keys]")) button.addEventListener("click", acts["?"]);
}
