// Sending a correction to the server, and its refusals as errors that carry what a person must read.
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

/** Somebody else changed the turn first; `answer` holds both versions. */
export class Disputed extends Error {
  constructor(answer) {
    super(answer.message);
    this.answer = answer;
  }
}

/** Post the fields; the server's JSON. Throws Disputed, or an Error with a sentence (empty when the network is away). */
export async function send(address, fields) {
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token() },
      body: new URLSearchParams(fields),
    });
  } catch {
    throw new Error("");
  }
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  if (answer?.code === "turn_changed") throw new Disputed(answer);
  throw new Error(answer?.message ?? "");
}
