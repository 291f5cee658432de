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
