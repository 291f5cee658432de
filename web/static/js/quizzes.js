// An answer being typed stays in this browser until it is sent: nothing is lost when the page goes away.
const form = document.querySelector("form[data-draft]");
if (form) {
  const key = form.dataset.draft;
  const { words } = form.elements;
  if (words) {
    words.value ||= localStorage.getItem(key) ?? "";
    words.addEventListener("input", () => localStorage.setItem(key, words.value));
  }
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", () => form.querySelector("button").setAttribute("aria-busy", "true"));
} else {
  // Answered: what was kept here is with the server now.
  for (const key of Object.keys(localStorage)) {
    const here = new URLSearchParams(location.search).get("q");
    if (here && key.startsWith("quiz-") && key.endsWith(`-${here}`)) localStorage.removeItem(key);
  }
}
