// Who can be given calls, as boxes to tick; asked for when it is needed, for it changes with everybody's work.

/** Fill `box`, once; `label` writes what stands beside a box: {name, open} in, words out. */
export async function fillPeople(box, address, label) {
  if (box.childElementCount) return;
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  const { people } = answer?.ok ? await answer.json().catch(() => ({ people: [] })) : { people: [] };
  if (box.childElementCount) return;
  box.append(
    ...people.map((one) => {
      const line = document.createElement("label");
      line.className = "check";
      const tick = Object.assign(document.createElement("input"), { type: "checkbox", name: "user_id", value: one.id });
      const words = document.createElement("span");
      words.textContent = label(one);
      line.append(tick, words);
      return line;
    }),
  );
}
