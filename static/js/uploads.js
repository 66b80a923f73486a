// <s-uploads>: files are dropped or chosen, sent one after the other with their progress, and listed
// as the server answers. Without this file the form inside is simply sent, and each Remove too.

function say(text) {
  document.dispatchEvent(new CustomEvent("s-announce", { detail: { text } }));
}

function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // where the page is not served by TLS
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function hasFiles(event) {
  return [...(event.dataTransfer?.types || [])].includes("Files");
}

class Uploads extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form[data-upload]");
    this.input = this.form.querySelector("input[type=file]");
    this.button = this.form.querySelector("[data-choose]");
    this.sending = this.querySelector("[data-sending]");
    this.waiting = [];
    this.row = null; // the one whose file is on its way
    this.form.querySelector("[data-live]").hidden = false;
    this.form.querySelector("[data-plain]").hidden = true;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.button.addEventListener("click", () => this.input.click(), { signal });
    this.input.addEventListener("change", () => this.chosen(), { signal });
    this.addEventListener("submit", (event) => this.removeOne(event), { signal });
    // a file that is dropped beside the place would else be opened instead of this page
    document.addEventListener("dragover", (event) => this.over(event), { signal });
    document.addEventListener("dragleave", (event) => this.left(event), { signal });
    document.addEventListener("drop", (event) => this.dropped(event), { signal });
    window.addEventListener(
      "beforeunload",
      (event) => {
        if (this.row || this.waiting.length) event.preventDefault();
      },
      { signal },
    );
  }

  disconnectedCallback() {
    this.stop.abort();
    this.row?.request?.abort();
  }

  get list() {
    return document.getElementById(`${this.id}-list`);
  }

  // ── what comes in
  over(event) {
    if (!hasFiles(event)) return;
    event.preventDefault();
    const isHere = this.contains(event.target);
    event.dataTransfer.dropEffect = isHere ? "copy" : "none";
    this.form.classList.toggle("is-over", isHere);
  }

  left(event) {
    if (!event.relatedTarget) this.form.classList.remove("is-over");
  }

  dropped(event) {
    if (!hasFiles(event)) return;
    event.preventDefault();
    this.form.classList.remove("is-over");
    if (this.contains(event.target)) this.add([...event.dataTransfer.files]);
  }

  chosen() {
    this.add([...this.input.files]);
    this.input.value = "";
  }

  add(files) {
    if (!this.row && !this.waiting.length) {
      for (const old of this.list.querySelectorAll("[data-refused]")) old.remove();
    }
    for (const file of files) {
      if (file.size > Number(this.dataset.largest)) {
        this.refuse(file.name, this.dataset.tooLarge.replace("{}", () => file.name));
      } else {
        this.waiting.push(this.rowFor(file));
      }
    }
    this.next();
  }

  refuse(name, sentence) {
    const box = this.copyOf("note");
    box.querySelector("[data-name]").textContent = `${name} was not added.`;
    box.querySelector("[data-sentence]").textContent = sentence;
    this.list.prepend(box);
  }

  copyOf(part) {
    return this.querySelector(`template[data-${part}]`).content.firstElementChild.cloneNode(true);
  }

  rowFor(file) {
    const line = this.copyOf("row");
    const row = { file, line, key: newKey() };
    line.querySelector("[data-name]").textContent = file.name;
    row.bar = line.querySelector("progress");
    row.bar.setAttribute("aria-label", file.name);
    row.state = line.querySelector("[data-state]");
    row.again = line.querySelector("[data-again]");
    row.again.hidden = true;
    row.cancel = line.querySelector("[data-cancel]");
    row.cancel.setAttribute("aria-label", `Cancel ${file.name}`);
    row.cancel.addEventListener("click", () => this.leave(row));
    row.again.addEventListener("click", () => {
      row.again.hidden = true;
      row.state.textContent = "Waiting";
      row.cancel.focus();
      this.waiting.push(row);
      this.next();
    });
    this.sending.append(line);
    this.sending.hidden = false;
    return row;
  }

  // ── one after the other
  next() {
    if (this.row || !this.waiting.length) return;
    this.row = this.waiting.shift();
    this.send(this.row);
  }

  send(row) {
    const body = new FormData(this.form);
    body.set("file", row.file, row.file.name);
    body.set("form_key", row.key); // the same when it is tried again: it is added once
    const request = new XMLHttpRequest();
    row.request = request;
    request.open("POST", this.form.action);
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const percent = Math.floor((100 * event.loaded) / event.total);
      row.bar.value = percent;
      row.state.textContent = `Uploading ${percent} %`;
    });
    request.upload.addEventListener("load", () => {
      row.bar.removeAttribute("value"); // how long checking takes nobody knows
      row.state.textContent = "Checking …";
      row.cancel.disabled = true;
    });
    request.addEventListener("load", () => this.answered(row, request));
    request.addEventListener("error", () => this.failed(row, "Not sent: no connection"));
    request.send(body);
  }

  answered(row, request) {
    if (!this.take(request)) {
      this.failed(row, "Not sent");
      return;
    }
    this.done(row);
    if (request.status === 200) say(`${row.file.name} added, ${this.count}`);
    this.next();
  }

  failed(row, words) {
    row.bar.value = 0;
    row.state.textContent = words;
    row.again.hidden = false;
    row.cancel.disabled = false;
    this.row = null;
    say(`${row.file.name}: ${words}`);
    this.next();
  }

  leave(row) {
    this.waiting = this.waiting.filter((each) => each !== row);
    if (this.row === row) row.request.abort();
    this.done(row);
    this.button.focus();
    say(`${row.file.name} cancelled`);
    this.next();
  }

  done(row) {
    const hadFocus = row.line.contains(document.activeElement);
    row.line.remove();
    if (this.row === row) this.row = null;
    this.sending.hidden = !this.sending.children.length;
    if (hadFocus) this.button.focus();
  }

  // ── what the server answers: the list, with whatever it refused
  get count() {
    return this.list.querySelector("[data-count]").textContent;
  }

  take(request) {
    const away = request.getResponseHeader("HX-Redirect");
    if (away) {
      this.waiting = [];
      this.row = null; // so that nothing holds the reader back
      location.assign(away);
      return false;
    }
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    const fresh = answer.getElementById(`${this.id}-list`);
    if (!fresh || ![200, 409, 422].includes(request.status)) {
      const headers = { get: (name) => request.getResponseHeader(name) };
      const response = { status: request.status, headers };
      document.dispatchEvent(new CustomEvent("s-refused", { detail: { response } }));
      return false;
    }
    const earlier = [...this.list.querySelectorAll("[data-refused]")];
    this.list.replaceWith(document.adoptNode(fresh));
    this.list.prepend(...earlier);
    return true;
  }

  removeOne(event) {
    const form = event.target;
    if (form === this.form || !form.matches("[data-remove]")) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "yes";
    const at = [...this.list.querySelectorAll("[data-remove]")].indexOf(form);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.addEventListener("load", () => {
      delete form.dataset.sending;
      if (!this.take(request)) return;
      const others = [...this.list.querySelectorAll("[data-remove] button")];
      (others[Math.min(at, others.length - 1)] || this.button).focus();
      say(`${form.dataset.remove} removed, ${this.count}`);
    });
    request.addEventListener("error", () => {
      delete form.dataset.sending;
      const response = { status: 0, headers: { get: () => null } };
      document.dispatchEvent(new CustomEvent("s-refused", { detail: { response } }));
    });
    request.send(new FormData(form));
  }
}

customElements.define("s-uploads", Uploads);
