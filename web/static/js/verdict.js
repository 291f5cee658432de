// Confirming or changing the machine's answers: one delegated listener, so that it works on parts put in later.
import { intoColumn, page, tell } from "./page.js";
import { register } from "./keys.js";
import { send } from "./correct_send.js";

const words = page().words;

async function decide(form, fields) {
  let answer;
  try {
    answer = await send(form.action, fields);
  } catch (error) {
    return error.message || words.notSaved;
  }
  tell(words.saved);
  document.dispatchEvent(new CustomEvent("verdict", { detail: { html: answer.html } })); // the newer scores stand at once
  return "";
}

/** The form under what is being decided: made when it is first asked for. */
function formOf(box) {
  const made = box.querySelector("form.change");
  if (made) return made;
  const { kind, verdictOf, assessment, chosen, options } = box.dataset;
  const form = document.getElementById(`${kind}-form`).content.firstElementChild.cloneNode(true);
  form.id = `verdict-${verdictOf}`;
  form.elements.target.value = verdictOf;
  form.elements.assessment.value = assessment;
  const first = form.querySelector("fieldset label");
  for (const [id, label] of JSON.parse(options ?? "[]")) {
    const choice = first.cloneNode(true);
    choice.querySelector("input").value = id;
    choice.lastChild.textContent = ` ${label}`;
    first.before(choice);
  }
  for (const answer of form.querySelectorAll("[name=answer]")) answer.checked = answer.value === chosen;
  box.append(form);
  box.querySelector("[data-change]").setAttribute("aria-controls", form.id);
  return form;
}

function toggle(box, open) {
  const form = formOf(box);
  form.hidden = !open;
  box.querySelector("[data-change]").setAttribute("aria-expanded", String(open));
  if (open) (form.querySelector("input:checked") ?? form.querySelector("input[type=radio]"))?.focus();
  else box.querySelector("[data-change]").focus();
}

document.addEventListener("click", async (event) => {
  const box = event.target.closest?.("[data-verdict-of]");
  if (!box) return;
  const confirm = event.target.closest("[data-confirm]");
  if (confirm) {
    const form = formOf(box);
    confirm.disabled = true;
    const wrong = await decide(form, { ...Object.fromEntries(new FormData(form)), answer: confirm.dataset.confirm });
    confirm.disabled = false;
    if (wrong) tell(wrong);
  } else if (event.target.closest("[data-change]")) {
    toggle(box, formOf(box).hidden);
  } else if (event.target.closest("[data-cancel]")) {
    toggle(box, false);
  }
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest?.("[data-verdict-of] form.change");
  if (!form) return;
  event.preventDefault();
  const alert = form.querySelector("[role=alert]");
  const wrong = await decide(form, Object.fromEntries(new FormData(form)));
  alert.hidden = !wrong;
  alert.textContent = wrong;
  if (wrong) form.elements.reason.focus();
});

document.addEventListener("keydown", (event) => {
  const form = event.key === "Escape" && event.target.closest?.("[data-verdict-of] form.change");
  if (form) {
    event.stopPropagation();
    toggle(form.closest("[data-verdict-of]"), false);
  }
});

/** The verdict of the objection one is at: the chosen one, else the first that nobody has decided on. */
function objection() {
  const all = [...document.querySelectorAll("#objections .objection-verdict")].filter((box) => box.querySelector("[data-change]"));
  return all.find((box) => box.closest(".entry.on")) ?? all.find((box) => !box.matches(".settled")) ?? all[0];
}

const closing = () => document.querySelector(".closing-verdict [data-confirm]");

register(
  {
    id: "decide", group: "score", keys: ["d"], when: () => Boolean(objection()),
    run() {
      const box = objection();
      intoColumn(box.closest(".entry"));
      toggle(box, true);
    },
  },
  { id: "agree", group: "score", keys: ["a"], when: () => Boolean(objection()?.querySelector("[data-confirm]")), run: () => objection().querySelector("[data-confirm]").click() },
  {
    id: "closing", group: "score", keys: ["b"], when: () => Boolean(closing()),
    run() {
      intoColumn(document.getElementById("closing"));
      closing().focus();
    },
  },
);
