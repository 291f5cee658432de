// A form is sent once: a second press while the first is still on its way does nothing.
const GIVE_UP = 10_000; // milliseconds after which it may be sent again, for whoever stopped the page
let sent = false;

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (sent) event.preventDefault();
  sent = true;
  setTimeout(() => (sent = false), GIVE_UP);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) sent = false;
});
