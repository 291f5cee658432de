// What the server wrote for the page's scripts, and the few things every script needs.
export function page() {
  return JSON.parse(document.getElementById("page-data").textContent);
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const s = String(whole % 60).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}:${s}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${s}`;
}

export const calm = matchMedia("(prefers-reduced-motion: reduce)");

let hide;
export function tell(text) {
  const toast = document.getElementById("toast");
  if (!toast) return;
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(hide);
  hide = setTimeout(() => (toast.hidden = true), 4000);
}

/** Bring a part into sight within its own scrolling column; the window stays where it is, for the transcript follows the sound. */
export function intoColumn(part) {
  const column = part?.closest(".col");
  if (!column || column.scrollHeight <= column.clientHeight + 1) return;
  const [box, frame] = [part.getBoundingClientRect(), column.getBoundingClientRect()];
  const head = (column.querySelector(".parts-nav")?.offsetHeight ?? 0) + 12;
  let by = 0;
  if (box.top < frame.top + head || box.height > frame.height - head) by = box.top - frame.top - head;
  else if (box.bottom > frame.bottom - 12) by = box.bottom - frame.bottom + 12;
  if (by) column.scrollBy({ top: by, behavior: calm.matches ? "auto" : "smooth" });
}
