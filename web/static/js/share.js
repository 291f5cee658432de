// A link that opens the call at the present second, or at the chosen stretch, repeated.
import { clock, tell } from "./page.js";

export function shareSecond(player, words, stretch) {
  const shown = document.querySelector("[data-share-at]");
  player.addEventListener("time", ({ detail }) => shown && (shown.textContent = clock(detail)));

  async function share() {
    const link = new URL(location.href);
    link.search = "";
    link.hash = "";
    const chosen = stretch.get();
    if (chosen) {
      link.searchParams.set("t", chosen.start.toFixed(1));
      link.searchParams.set("end", chosen.end.toFixed(1));
    } else link.searchParams.set("t", String(Math.floor(player.now)));
    history.replaceState(null, "", link);
    try {
      await navigator.clipboard.writeText(link.href);
      tell(chosen ? words.copiedStretch : words.copied);
    } catch {
      tell(words.copyFailed);
    }
  }
  document.querySelector("[data-share]")?.addEventListener("click", share);
  return share;
}
