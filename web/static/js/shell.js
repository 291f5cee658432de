// Every page: the colour switch, and the browser's time zone told to the server.
const group = () => document.querySelectorAll("[data-themes]");

function showChosen() {
  const chosen = document.documentElement.dataset.theme ?? "";
  for (const button of document.querySelectorAll("[data-themes] button"))
    button.setAttribute("aria-pressed", String(button.value === chosen));
}

function choose(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  try {
    if (theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  } catch {
    // Kept for this page only.
  }
  showChosen();
  document.dispatchEvent(new CustomEvent("callcoach:theme"));
}

for (const box of group()) {
  box.hidden = false;
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) choose(button.value);
  });
}
showChosen();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("callcoach:theme")));

// A long list of pages scrolls by itself: the entry of this page is in view, in the drawer once it is open.
const nav = document.getElementById("nav");
function showPlace() {
  const place = nav?.querySelector("a[aria-current]");
  if (!place?.offsetParent) return;
  const [box, line] = [nav.getBoundingClientRect(), place.getBoundingClientRect()];
  if (line.bottom > box.bottom || line.top < box.top) nav.scrollTop += line.top - box.top - box.height / 2;
}
showPlace();
nav?.addEventListener("toggle", (event) => { if (event.newState === "open") showPlace(); });

// Times on pages are written in the browser's zone; the first page after a change is told again.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && /^[\w+/-]+$/.test(zone)) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `timezone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

// A field that takes only what its list offers says so beside itself, before anything is sent.
for (const field of document.querySelectorAll("input[list][data-listed]")) {
  const check = () => {
    const offered = ["", field.defaultValue, ...[...field.list.options].map((option) => option.value)];
    const listed = offered.includes(field.value.trim());
    field.setCustomValidity(listed ? "" : field.dataset.listed);
  };
  field.addEventListener("input", check);
  check();
}

// Drafts may hold what a person was told in confidence: whoever signs in here next must not find them.
document.querySelector('form[action$="/sign-out"]')?.addEventListener("submit", () => {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
});
