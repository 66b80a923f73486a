// Forms: sent once, counted as they are typed, walked through by Enter, sent by Ctrl Enter; after
// an answer the focus stands where the reader goes on.

const TEXT_INPUTS = "input:not([type=hidden]):not([type=submit]):not([type=button]), select, textarea";

// ── sent once: the button says so, keeps its width, and cannot be pressed again
function hold(form, submitter) {
  form.dataset.sending = "yes";
  const button = submitter || form.querySelector("button[type=submit]");
  if (!button || !button.dataset.busy) return;
  button.dataset.idle = button.innerHTML;
  button.style.minWidth = `${button.offsetWidth}px`; // CSSOM, which the CSP allows
  button.textContent = button.dataset.busy;
  window.setTimeout(() => {
    button.disabled = true; // after the browser has read its name and value
  });
}

function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("button[data-idle]")) {
    button.innerHTML = button.dataset.idle;
    delete button.dataset.idle;
    button.disabled = false;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]") || event.defaultPrevented) return;
  if (form.dataset.sending) event.preventDefault();
  else hold(form, event.submitter);
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (form.matches?.("form[data-once]") && !form.dataset.sending) {
    hold(form, event.detail.requestConfig?.triggeringEvent?.submitter);
  }
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.matches?.("form[data-once]")) release(event.detail.elt);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(release);
});

// ── counters: code points after NFC with LF line ends, the server's own rule
function count(counter) {
  const input = document.getElementById(counter.dataset.counter);
  if (!input) return;
  const limit = Number(counter.dataset.limit);
  const length = [...input.value.replace(/\r\n?/g, "\n").normalize("NFC")].length;
  counter.textContent = `${length} of ${limit}`;
  counter.classList.toggle("is-over", length > limit);
}

document.addEventListener("input", (event) => {
  if (!event.target.id) return;
  const counter = document.querySelector(`[data-counter="${CSS.escape(event.target.id)}"]`);
  if (counter) count(counter);
});

// ── keys inside a form
function next(form, from, steps) {
  const fields = [...form.querySelectorAll(`${TEXT_INPUTS}, button`)].filter(
    (field) => !field.disabled && field.offsetParent !== null && field.tabIndex >= 0,
  );
  const others = fields.filter(
    (field) => field === from || field.type !== "radio" || field.name !== from.name,
  );
  return others[others.indexOf(from) + steps];
}

document.addEventListener("keydown", (event) => {
  const form = event.target.form || event.target.closest?.("form");
  if (!form || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const button = form.querySelector("button.btn-primary:not([type=button])");
    event.preventDefault();
    form.requestSubmit(button || undefined);
    return;
  }
  const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (event.key !== "Enter" || !plain || event.defaultPrevented) return;
  if (!form.matches("[data-enter-next]") || !event.target.matches(TEXT_INPUTS)) return;
  if (event.target.matches("textarea, [role=combobox]")) return;
  event.preventDefault();
  next(form, event.target, 1)?.focus();
});

// ── after a refusal
function attend(root) {
  const wrong = root.querySelector?.("[aria-invalid=true]:not(fieldset), fieldset[aria-invalid=true] input");
  const target = wrong || root.querySelector?.("[data-focus]");
  target?.focus({ preventScroll: false });
}

document.addEventListener("htmx:afterSettle", (event) => {
  const status = event.detail.xhr?.status;
  if (status === 422 || status === 409 || event.target.querySelector?.("[data-focus]")) {
    attend(event.target);
  }
});
if (!document.activeElement || document.activeElement === document.body) {
  const start = document.querySelector("[aria-invalid=true]") ? document.body : null;
  attend(start || { querySelector: () => document.querySelector("[data-focus]") });
}

// ── after an answer that replaced what had the focus: it has it again, or what stands in its place
let had = null;

function place(element) {
  const form = element.closest("form");
  const around = [];
  for (let each = element.parentElement; each; each = each.parentElement) {
    if (each.id) around.push(each.id);
  }
  return {
    id: element.id,
    href: element.getAttribute("href"),
    action: form?.getAttribute("action"),
    at: form ? [...form.elements].indexOf(element) : -1,
    busy: element.dataset.busy,
    dialog: element.closest("dialog")?.id,
    around,
  };
}

function* instead(of) {
  yield of.id && document.getElementById(of.id);
  const form = of.action && [...document.forms].find((one) => one.getAttribute("action") === of.action);
  const field = form && form.elements[of.at];
  yield field?.dataset.busy === of.busy && field;
  const around = of.around.map((id) => document.getElementById(id)).find(Boolean);
  yield of.href && around?.querySelector(`a[href="${CSS.escape(of.href)}"]`);
  yield of.dialog && document.querySelector(`[data-opens="${CSS.escape(of.dialog)}"]`);
  const heading = around?.querySelector("h1, h2");
  if (heading) heading.tabIndex = -1;
  yield heading;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const active = document.activeElement;
  if (active && active !== document.body && event.detail.elt.contains(active)) {
    had = { ...place(active), element: active, request: event.detail.xhr };
  }
});
document.addEventListener("pointerdown", () => {
  had = null;
});
document.addEventListener("htmx:afterSettle", (event) => {
  const active = document.activeElement;
  if (!had || (active && active !== document.body)) return;
  // another panel settled while what was pressed still waits for its own answer
  if (event.detail.xhr !== had.request && had.element.isConnected) return;
  const of = had;
  had = null;
  for (const element of instead(of)) {
    if (!element || element.disabled || !element.offsetParent) continue;
    element.focus({ preventScroll: true });
    if (document.activeElement === element) return;
  }
});

// ── the theme changes at once; the cookie follows
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-theme-form]")) return;
  event.preventDefault();
  const theme = event.submitter.value;
  const body = new FormData(form, event.submitter);
  fetch(form.action, { method: "POST", body, redirect: "manual" }).then(() => {
    document.documentElement.dataset.bsTheme = theme;
    const dark = theme === "dark";
    event.submitter.value = dark ? "light" : "dark";
    event.submitter.setAttribute("aria-label", dark ? "Light theme" : "Dark theme");
    const use = event.submitter.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, dark ? "#sun" : "#moon"));
  });
});

// ── saved views and figures: lit while the address asks for what they lead to, as the server says
const NOT_ASKED_FOR = ["sort", "cursor", "month"];

function wish(search) {
  const asked = [...new URLSearchParams(search)].filter(
    ([name, value]) => value && !NOT_ASKED_FOR.includes(name),
  );
  return asked.map(([name, value]) => `${name}=${value}`).sort().join("&");
}

function light() {
  const now = wish(window.location.search);
  for (const link of document.querySelectorAll(".s-views a, a.s-kpi")) {
    if (link.pathname !== window.location.pathname || wish(link.search) !== now) {
      link.removeAttribute("aria-current");
    } else if (!link.hasAttribute("aria-current")) {
      link.setAttribute("aria-current", link.matches(".s-kpi") ? "true" : "page");
    }
  }
}

document.addEventListener("htmx:pushedIntoHistory", light);
