// A link that opens the call at the present second.
import { clock, tell } from "./page.js";

export function shareSecond(player, words) {
  const shown = document.querySelector("[data-share-at]");
  player.addEventListener("time", ({ detail }) => shown && (shown.textContent = clock(detail)));

  async function share() {
    const link = new URL(location.href);
    link.search = "";
    link.hash = "";
    link.searchParams.set("t", String(Math.floor(player.now)));
    history.replaceState(null, "", link);
    try {
      await navigator.clipboard.writeText(link.href);
      tell(words.copied);
    } catch {
      tell(words.copyFailed);
    }
  }
  document.querySelector("[data-share]")?.addEventListener("click", share);
  return share;
}
