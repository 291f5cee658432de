// The client's card: its form with drafts and conflicts, comments, facts that fill a field.
import { keepForm } from "./client_form.js";
import { keepRemarks } from "./client_remarks.js";

const form = keepForm(document.getElementById("card-form"));
keepRemarks();

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-use-fact]");
  if (button && form) form.fill(button.dataset.useFact, button.dataset.value);
});

// Keys of the lists do not take what is typed into the form; a promise decided stays where the keyboard is.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const line = detail.target?.id ? document.getElementById(detail.target.id) : null;
  if (line?.matches(".promise")) line.focus({ preventScroll: true });
});
