// The upload page: files become calls in a list, each is sent by itself with its own progress and its own answer.
import { page } from "./page.js";
import { groupFiles } from "./pairing.js";
import { CallItem } from "./upload_item.js";

const data = page();
const form = document.getElementById("upload");
const input = document.getElementById("files");
const drop = document.getElementById("drop");
const list = document.getElementById("queue");
const send = document.getElementById("send");
let items = [];
let busy = false;

input.required = false; // the list knows what there is to send
input.removeAttribute("name");

function add(files) {
  const waiting = items.filter((item) => item.state === "waiting");
  const loose = [...waiting.flatMap((item) => item.files), ...files];
  for (const item of waiting) item.element.remove();
  items = items.filter((item) => !waiting.includes(item));
  for (const call of groupFiles(loose)) place(call);
  refresh();
}

function place(call) {
  const item = new CallItem(call, data, {
    remove: () => {
      item.element.remove();
      items = items.filter((one) => one !== item);
      refresh();
    },
    separate: () => {
      item.element.remove();
      items = items.filter((one) => one !== item);
      for (const file of item.files) place({ audio: [file], transcript: null });
      refresh();
    },
    again: () => item.send(facts()).then(refresh),
  });
  items.push(item);
  list.append(item.element);
}

function refresh() {
  const waiting = items.filter((item) => item.state === "waiting").length;
  send.disabled = busy || !waiting;
  const count = send.querySelector("span");
  count.dataset.label ??= count.textContent;
  count.textContent = waiting > 1 ? `${count.dataset.label} · ${waiting}` : count.dataset.label;
}

/** The facts of the form, without empty fields. */
function facts() {
  const zoned = form.querySelector("[data-zone]");
  document.getElementById(zoned.dataset.zone).value = zoned.value ? withZone(zoned.value) : "";
  return [...new FormData(form)].filter(([, value]) => typeof value === "string" && value.trim() !== "");
}

/** A local time of this browser with its distance from UTC, as ISO 8601 wants it. */
function withZone(text) {
  const minutes = -new Date(text).getTimezoneOffset();
  const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");
  return `${text.length === 16 ? `${text}:00` : text}${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

input.addEventListener("change", () => {
  add([...input.files]);
  input.value = "";
});
for (const kind of ["dragenter", "dragover"])
  addEventListener(kind, (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    drop.classList.add("over");
  });
addEventListener("dragleave", (event) => event.relatedTarget === null && drop.classList.remove("over"));
addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  if (event.dataTransfer?.files.length) add([...event.dataTransfer.files]);
});
addEventListener("beforeunload", (event) => busy && event.preventDefault());

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (busy) return;
  busy = true;
  refresh();
  const shared = facts();
  for (const item of [...items]) if (item.state === "waiting") await item.send(shared);
  busy = false;
  refresh();
});
refresh();
