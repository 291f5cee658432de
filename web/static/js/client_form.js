// The form of a client's card: stored on top of the version it was opened at, kept in this browser until it is stored,
// and where somebody else was first both versions side by side with a choice for each field. While it is open it asks
// now and then whether somebody stored the card, and says so; what is typed stays as it is.
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
const LOOK = 10_000; // milliseconds
const PLAIN = ["potential", "client_group", "product_group", "note", "hot_note"];

export function keepForm(form) {
  if (!form) return null;
  const words = JSON.parse(document.getElementById("card-words").textContent);
  const state = document.getElementById("card-state");
  const alert = form.querySelector("[role=alert]");
  const conflict = document.getElementById("card-conflict");
  const news = document.getElementById("card-news");
  const owns = document.getElementById("owns");
  const blank = document.getElementById("own-row");
  // The name begins with "draft:", so that signing out clears it like every other draft.
  const name = `draft:client:${form.dataset.user}:${form.dataset.client}`;
  let base = read(); // as it was stored when the page was opened, or last stored here
  let theirs = null; // what a conflict was told with
  let sending = false;

  function read() {
    const fields = Object.fromEntries(PLAIN.map((field) => [field, form.elements[field].value]));
    const custom = {};
    for (const row of owns.querySelectorAll(".own")) {
      const [field, value] = row.querySelectorAll("input");
      const own = field.value.trim().replace(/\s+/g, " ");
      if (own || value.value.trim()) custom[own] = value.value;
    }
    return { ...fields, hot: form.elements.hot.checked, custom };
  }

  function write(fields) {
    for (const field of PLAIN) form.elements[field].value = fields[field] ?? "";
    form.elements.hot.checked = Boolean(fields.hot);
    owns.replaceChildren(...Object.keys(fields.custom).sort().map((own) => row(own, fields.custom[own])));
  }

  function row(own, value) {
    const made = blank.content.firstElementChild.cloneNode(true);
    const [field, input] = made.querySelectorAll("input");
    field.value = own;
    input.value = value;
    if (own) input.setAttribute("aria-label", own);
    return made;
  }

  const flat = (fields) => JSON.stringify([...PLAIN.map((field) => (fields[field] ?? "").replace(/\r\n/g, "\n").trim()), Boolean(fields.hot), Object.entries(fields.custom).map(([own, value]) => [own, String(value).trim()]).sort()]);
  const dirty = () => flat(read()) !== flat(base);

  function keep() {
    try {
      if (dirty()) localStorage.setItem(name, JSON.stringify({ revision: form.elements.revision.value, base, fields: read() }));
      else localStorage.removeItem(name);
    } catch {
      // A browser that keeps nothing: the page itself still holds the words.
    }
  }

  function show(text = "") {
    const changed = dirty();
    for (const button of form.querySelectorAll("[data-store], [data-throw]")) button.hidden = !changed || (theirs && button.matches("[data-store]"));
    state.textContent = text || (changed ? words.dirty : "");
  }

  function complain(text) {
    alert.textContent = text;
    alert.hidden = !text;
  }

  function head() {
    document.getElementById("hot-chip").hidden = !base.hot;
    const why = document.getElementById("hot-why");
    why.textContent = base.hot_note;
    why.hidden = !(base.hot && base.hot_note);
  }

  async function store() {
    if (sending || !dirty()) return;
    sending = true;
    complain("");
    show(words.saving);
    const sent = read();
    const body = new URLSearchParams(new FormData(form)); // multipart holds 100 parts at most, a card more fields
    body.set("base", JSON.stringify(base));
    try {
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token() } });
      const answer = await response.json().catch(() => null);
      if (answer?.code === "client_changed") dispute(answer);
      else if (response.ok && answer?.ok) accept(answer, sent);
      else if (response.status === 401 || response.redirected) fail(words.signedOut);
      else fail(answer?.message || words.lost);
    } catch {
      fail(words.lost);
    } finally {
      sending = false;
    }
  }

  /** Somebody else's version is told of once it stands there; a conflict that is open tells of it by itself. */
  async function look() {
    if (document.hidden || sending || theirs) return;
    const asked = form.elements.revision.value;
    try {
      const response = await fetch(form.dataset.live, { headers: { Accept: "application/json" } });
      if (!response.ok || response.redirected) return;
      const { revision } = await response.json();
      if (form.elements.revision.value === asked && !sending && !theirs) news.hidden = String(revision) === asked;
    } catch {
      // The network is away: asked again later.
    }
  }

  function fail(text) {
    show();
    complain(text);
  }

  function accept(answer, sent) {
    form.elements.revision.value = answer.revision;
    news.hidden = true;
    const untouched = flat(read()) === flat(sent); // nothing was typed while it was on its way
    base = answer.fields;
    if (untouched) write(base);
    conflict.hidden = true;
    theirs = null;
    keep();
    head();
    show(dirty() ? "" : words.saved);
  }

  function dispute(answer) {
    theirs = answer;
    conflict.replaceChildren(...new DOMParser().parseFromString(answer.html, "text/html").body.childNodes);
    conflict.hidden = false;
    news.hidden = true;
    show(words.conflict);
    conflict.scrollIntoView({ block: "nearest" });
    conflict.querySelector("input:checked, button")?.focus();
  }

  /** One version out of two, by the choice for each field that differs. */
  function merge() {
    const mine = read();
    const merged = { ...mine, custom: { ...mine.custom } };
    for (const choice of conflict.querySelectorAll("input[data-take]:checked")) {
      if (choice.value !== "theirs") continue;
      const field = choice.dataset.take;
      if (!field.startsWith("custom.")) merged[field] = theirs.fields[field];
      else if (field.slice(7) in theirs.fields.custom) merged.custom[field.slice(7)] = theirs.fields.custom[field.slice(7)];
      else delete merged.custom[field.slice(7)];
    }
    settle(merged);
    store();
  }

  /** Go on from what stands there, with these fields in the form. */
  function settle(fields) {
    base = theirs.fields;
    form.elements.revision.value = theirs.revision;
    write(fields);
    conflict.hidden = true;
    theirs = null;
    keep();
    head();
    show();
  }

  function back() {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(name));
    } catch {
      // No draft, or not ours.
    }
    if (!kept?.fields || flat(kept.fields) === flat(base)) return keep();
    write(kept.fields);
    form.elements.revision.value = kept.revision; // stored on top of what its writer saw, so that a conflict shows
    base = kept.base ?? base;
    show();
    complain(words.back);
    return undefined;
  }

  form.addEventListener("input", () => {
    keep();
    show();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    store();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      store();
    }
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-add-own]")) {
      owns.append(row("", ""));
      owns.lastElementChild.querySelector("input").focus();
    } else if (button.matches("[data-remove-own]")) button.closest(".own").remove();
    else if (button.matches("[data-throw]")) {
      complain("");
      if (theirs) return settle(theirs.fields);
      write(base);
    } else if (button.matches("[data-merge]")) return merge();
    else if (button.matches("[data-keep-theirs]")) return settle(theirs.fields);
    else return;
    keep();
    show();
  });
  addEventListener("beforeunload", keep);
  document.addEventListener("visibilitychange", look);
  setInterval(look, LOOK);
  back();

  return {
    /** Put a value into one of the company's own fields; a person stores it. */
    fill(own, value) {
      const rows = [...owns.querySelectorAll(".own")];
      const known = rows.find((one) => one.querySelector("input").value.trim().toLowerCase() === own.toLowerCase());
      const target = known ?? row(own, "");
      if (!known) owns.append(target);
      const input = target.querySelectorAll("input")[1];
      input.value = value;
      keep();
      show(dirty() ? words.used : "");
      input.focus();
    },
  };
}
