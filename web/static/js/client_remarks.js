// Comments on the client: written above the timeline, kept in this browser until they are stored, taken back in two clicks.
import { send } from "./correct_send.js";
import { suggestPeople } from "./comments_people.js";

export function keepRemarks() {
  begin();
  document.addEventListener("htmx:afterSettle", begin);
  document.addEventListener("click", takeBack);
}

function reload() {
  const tab = document.querySelector("#timeline .kinds [aria-current]") ?? document.querySelector("#timeline .kinds a");
  tab.click(); // the tab asks for its moments anew
}

function begin() {
  const form = document.querySelector("[data-remark-form]:not([data-ready])");
  if (!form) return;
  form.dataset.ready = "";
  const field = form.elements.body;
  const button = form.querySelector("button");
  const alert = form.querySelector("[role=alert]");
  const name = `draft:client-comment:${form.dataset.user}:${form.dataset.client}`;
  let key = crypto.randomUUID?.() ?? String(Math.random());
  suggestPeople(form, form.dataset.people);

  function show() {
    button.hidden = !field.value.trim();
    field.rows = Math.min(8, Math.max(1, field.value.split("\n").length));
  }

  try {
    field.value = localStorage.getItem(name) ?? "";
  } catch {
    // Nothing was kept.
  }
  show();
  field.addEventListener("input", () => {
    try {
      if (field.value.trim()) localStorage.setItem(name, field.value);
      else localStorage.removeItem(name);
    } catch {
      // A browser that keeps nothing: the field still holds the words.
    }
    show();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    alert.hidden = true;
    try {
      await send(form.action, { body: field.value, token: key });
      key = crypto.randomUUID?.() ?? String(Math.random());
      field.value = "";
      localStorage.removeItem(name);
      reload();
    } catch (error) {
      alert.textContent = error.message || form.dataset.lost;
      alert.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}

async function takeBack(event) {
  const button = event.target.closest("#timeline [data-take-back]");
  if (!button) return;
  if (!button.classList.contains("sure")) {
    button.classList.add("sure");
    const label = button.textContent;
    button.textContent = button.dataset.sure;
    setTimeout(() => {
      button.classList.remove("sure");
      button.textContent = label;
    }, 4000);
    return;
  }
  await send(button.dataset.takeBack, { act: "delete" }).catch(() => null);
  reload();
}
