// Which part of the page its tabs stand at, and how much of the window the player covers.
export function watchPlayer() {
  const player = document.getElementById("player");
  if (!player) return;
  const tell = () => document.documentElement.style.setProperty("--player-height", `${player.offsetHeight}px`);
  new ResizeObserver(tell).observe(player);
  tell();
}

/** The tabs in `box` follow what is in sight; asked again when the parts they lead to were replaced. */
export function watchTabs(box) {
  const tabs = [...document.querySelectorAll(`${box} a`)];
  if (!tabs.length || !("IntersectionObserver" in window)) return;
  for (const tab of tabs) if (!document.querySelector(tab.hash)) tab.hidden = true;
  const seen = new Map();
  const watch = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) seen.set(entry.target.id, entry.isIntersecting);
      const here = tabs.findLast((tab) => seen.get(tab.hash.slice(1))); // what has come in sight last
      if (!here) return;
      for (const tab of tabs) tab === here ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current");
    },
    { rootMargin: "-35% 0px -50% 0px" },
  );
  for (const tab of tabs) {
    const part = document.querySelector(tab.hash);
    if (part) watch.observe(part);
  }
}
