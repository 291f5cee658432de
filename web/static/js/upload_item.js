// One call of the upload list: its files, its progress, what the server answered, and trying again.
export class CallItem {
  constructor(call, data, acts) {
    this.call = call;
    this.data = data;
    this.acts = acts;
    this.state = "waiting";
    this.element = document.createElement("li");
    this.#draw();
  }

  get files() {
    return [...this.call.audio, ...(this.call.transcript ? [this.call.transcript] : [])];
  }

  /** Send the call; settles when the server has answered, whatever the answer. */
  send(facts) {
    const words = this.data.words;
    const size = this.files.reduce((sum, file) => sum + file.size, 0);
    if (this.files.some((file) => file.size === 0)) return this.#end("refused", words.empty);
    if (size > this.data.limit) return this.#end("refused", words.tooLarge);
    const body = new FormData();
    for (const [name, value] of facts) body.append(name, value);
    for (const file of this.call.audio) body.append("file", file, file.name);
    if (this.call.transcript) body.append("transcript", this.call.transcript, this.call.transcript.name);
    this.state = "sending";
    this.#draw();
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", this.data.url);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => event.lengthComputable && this.#progress(event.loaded / event.total));
      request.addEventListener("load", () => {
        const answer = request.response;
        if (answer?.ok) this.#end("done", answer.message ?? words.done, answer.url);
        else this.#end("refused", answer?.message ?? words.refused);
        resolve();
      });
      for (const kind of ["error", "abort", "timeout"])
        request.addEventListener(kind, () => {
          this.#end("refused", words.lost);
          resolve();
        });
      request.send(body);
    });
  }

  #progress(share) {
    const bar = this.element.querySelector("progress");
    if (bar) bar.value = share;
    const note = this.element.querySelector(".note");
    if (note) note.textContent = share < 1 ? `${this.data.words.sending} ${Math.round(share * 100)} %` : this.data.words.storing;
  }

  #end(state, text, url = null) {
    this.state = state;
    this.answer = { text, url };
    this.#draw();
    return Promise.resolve();
  }

  #draw() {
    const { words } = this.data;
    const names = make("div", "names");
    const two = this.call.audio.length === 2;
    this.call.audio.forEach((file, n) => {
      const line = make("span", two ? ["rep", "client"][n] : "", file.name);
      if (two) line.title = n ? words.client : words.rep;
      names.append(line);
    });
    const parts = [];
    if (two) parts.push(words.twoSides);
    if (this.call.transcript && this.call.audio.length) parts.push(`${words.withTranscript} ${this.call.transcript.name}`);
    if (!this.call.audio.length) names.append(make("span", "", this.call.transcript.name));
    if (!this.call.audio.length && this.state === "waiting") parts.push(words.noTranscriptAlone);
    parts.push(size(this.files.reduce((sum, file) => sum + file.size, 0)));
    names.append(make("span", "muted", parts.join(" · ")));

    const act = make("div", "act");
    if (this.state === "waiting") {
      if (two) act.append(this.#button(words.swap, () => this.#swap()), this.#button(words.apart, this.acts.separate));
      act.append(this.#button(words.remove, this.acts.remove));
    } else if (this.state === "sending") {
      act.append(make("span", "note muted", `${words.sending} 0 %`));
    } else if (this.state === "done" && this.answer.url) {
      const link = make("a", "btn small", words.open);
      link.href = this.answer.url;
      act.append(link);
    } else if (this.state === "refused") {
      act.append(this.#button(words.again, this.acts.again), this.#button(words.remove, this.acts.remove));
    }
    this.element.replaceChildren(names, act);
    this.element.dataset.state = this.state;
    if (this.state === "sending") {
      const bar = make("progress", "wide");
      bar.max = 1;
      bar.value = 0;
      this.element.append(bar);
    }
    if (this.answer && this.state === "refused") this.element.append(make("p", "wide fault", this.answer.text));
    if (this.answer && this.state === "done") this.element.append(make("p", "wide muted", this.answer.text));
  }

  #swap() {
    this.call.audio.reverse();
    this.#draw();
  }

  #button(text, act) {
    const button = make("button", "btn small plain", text);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }
}

function make(tag, className, text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function size(bytes) {
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  if (bytes >= 1e3) return `${Math.round(bytes / 1e3)} kB`;
  return `${bytes} B`;
}
