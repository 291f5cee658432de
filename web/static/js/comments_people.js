// After an @ in a comment: people who may see the call, chosen with the arrows and Enter, or by a click.
const WAIT = 120; // ms after the last stroke
const BEFORE = /(?:^|[^\p{L}\p{N}._+-])@([\p{L}\p{N}._@+-]*(?: [\p{L}\p{N}._-]*)?)$/u;

export function suggestPeople(form, address) {
  const field = form.elements.body;
  const list = form.querySelector("[role=listbox]");
  let wait;
  let asked = 0;
  let at = -1;

  const typed = () => BEFORE.exec(field.value.slice(0, field.selectionStart))?.[1];

  function close() {
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const text = typed();
    if (text === undefined) return close();
    asked += 1;
    const mine = asked;
    const only = form.elements.reviewers_only?.checked && !form.querySelector("[data-only]")?.hidden ? "1" : "";
    const answer = await fetch(`${address}?${new URLSearchParams({ q: text, reviewers_only: only })}`, { headers: { Accept: "application/json" } })
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null);
    if (mine !== asked || typed() === undefined) return undefined;
    list.replaceChildren(...(answer?.people ?? []).map(option));
    if (!list.children.length) return close();
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    return mark(0);
  }

  function option(person, n) {
    const item = document.createElement("li");
    item.id = `person${n}`;
    item.setAttribute("role", "option");
    item.dataset.write = person.write;
    const mail = document.createElement("span");
    mail.className = "faint";
    mail.textContent = person.email;
    item.append(person.name, " ", mail);
    return item;
  }

  function mark(n) {
    const items = [...list.children];
    at = (n + items.length) % items.length;
    items.forEach((item, k) => item.setAttribute("aria-selected", String(k === at)));
    field.setAttribute("aria-activedescendant", items[at].id);
  }

  function choose(item) {
    const before = field.value.slice(0, field.selectionStart);
    const start = before.length - typed().length;
    field.setRangeText(`${item.dataset.write} `, start, field.selectionStart, "end");
    close();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    clearTimeout(wait);
  }

  field.addEventListener("input", () => {
    clearTimeout(wait);
    if (typed() === undefined) close();
    else wait = setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if (event.key === "Enter" || event.key === "Tab") choose(list.children[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("[role=option]");
    event.preventDefault(); // the field keeps the keyboard
    if (item) choose(item);
  });
  field.addEventListener("blur", close);
}
