// <s-combobox>: search as one types. Fetches lines of options from the server, from three characters
// and after 250 ms of quiet; the last answer wins. Arrows choose, Enter selects, Esc closes.
// Without this file the form around it is simply sent.

const QUIET_MS = 250;

class Combobox extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("[role=combobox]");
    this.list = this.querySelector("[role=listbox]");
    this.found = this.querySelector("[data-found]");
    this.hint = this.found ? this.found.textContent : "";
    this.least = Number(this.dataset.least || 3);
    this.at = -1;
    this.timer = 0;
    this.asked = null;
    this.input.addEventListener("input", () => this.wait());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("focus", () => {
      if (this.list.children.length) this.open();
    });
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    this.addEventListener("focusout", () => {
      window.setTimeout(() => {
        if (!this.contains(document.activeElement)) this.close();
      });
    });
    // somebody was quicker than this file: what is typed into the focused box counts
    const { input } = this;
    if (document.activeElement === input && input.value !== input.defaultValue) this.wait();
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]:not([aria-disabled=true])")];
  }

  wait() {
    window.clearTimeout(this.timer);
    this.asked?.abort();
    const text = this.input.value.trim();
    if ([...text].length < this.least) {
      this.list.replaceChildren();
      this.close();
      this.say(text ? `Enter at least ${this.least} characters` : this.hint);
      return;
    }
    this.timer = window.setTimeout(() => this.ask(text), QUIET_MS);
  }

  async ask(text) {
    this.asked = new AbortController();
    const address = new URL(this.dataset.url, location.href);
    address.searchParams.set(this.input.name, text);
    try {
      const response = await fetch(address, {
        headers: { "HX-Request": "true" },
        signal: this.asked.signal,
      });
      const away = response.headers.get("HX-Redirect");
      if (away) {
        location.assign(away);
        return;
      }
      if (!response.ok && response.status !== 422) {
        document.dispatchEvent(new CustomEvent("s-refused", { detail: { response } }));
        return;
      }
      this.show(await response.text());
    } catch (error) {
      if (error.name !== "AbortError") this.say("No connection. Try again.");
    }
  }

  show(html) {
    this.list.innerHTML = html; // our own server's fragment, escaped there
    const status = this.list.querySelector("[data-status]");
    this.say(status ? status.textContent : "");
    status?.remove();
    this.list.querySelectorAll("[role=option]").forEach((option, index) => {
      option.id ||= `${this.list.id}-${index}`;
      option.setAttribute("aria-selected", "false");
    });
    this.at = -1;
    if (this.list.children.length) this.open();
    else this.close();
    if (this.options.length) this.mark(0);
  }

  say(text) {
    if (this.found) this.found.textContent = text;
  }

  open() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  mark(to) {
    const all = this.options;
    if (!all.length) return;
    this.at = (to + all.length) % all.length;
    all.forEach((option, index) => option.setAttribute("aria-selected", String(index === this.at)));
    this.input.setAttribute("aria-activedescendant", all[this.at].id);
    all[this.at].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!isOpen && this.list.children.length) this.open();
      this.mark(this.at + (event.key === "ArrowDown" ? 1 : -1));
      event.preventDefault();
    } else if (event.key === "Enter" && isOpen && this.options[this.at]) {
      event.preventDefault();
      this.choose(this.options[this.at]);
    } else if (event.key === "Enter" && this.dataset.stays !== undefined && !event.ctrlKey) {
      event.preventDefault(); // a field among others does not send the form
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  choose(option) {
    if (!option || option.getAttribute("aria-disabled") === "true") return;
    if (option.dataset.href) {
      location.assign(option.dataset.href);
      return;
    }
    const form = this.input.form;
    const name = this.dataset.chosen;
    if (form && name) {
      let hidden = form.querySelector(`input[type=hidden][name="${CSS.escape(name)}"]`);
      if (!hidden) {
        hidden = document.createElement("input");
        hidden.type = "hidden";
        hidden.name = name;
        form.append(hidden);
      }
      hidden.value = option.dataset.value;
      if (this.dataset.stays !== undefined) {
        this.input.value = option.dataset.label;
        hidden.dispatchEvent(new Event("input", { bubbles: true })); // the draft hears of it
        this.list.replaceChildren();
        this.close();
        return;
      }
    }
    this.close();
    const chosen = new CustomEvent("s-chosen", {
      bubbles: true,
      cancelable: true,
      detail: { value: option.dataset.value },
    });
    if (this.dispatchEvent(chosen) && form && name) form.requestSubmit();
  }
}

customElements.define("s-combobox", Combobox);
