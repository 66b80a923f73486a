// The hand stays on the keyboard. A page declares its keys on what they press: data-key="n",
// data-key="g d" (one after the other), data-key="Alt+1". In a list j and k move, Enter views.
// Single keys rest while a field has focus, and where the reader has switched them off.

const SEQUENCE_MS = 1200;
const singlesOff = document.body.dataset.keys === "off";
let pending = "";
let pendingTimer = 0;

const isField = (element) => element.matches?.("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]");
const isShown = (element) => element.offsetParent !== null && !element.disabled;

function scope() {
  return document.querySelector("dialog:modal") || document;
}

function pressed(key) {
  const all = [...scope().querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(isShown);
  // the page's own search box and buttons come before those of the shell
  return all.find((element) => element.closest("main")) || all[0];
}

function act(element) {
  if (element.matches("input, select, textarea")) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

function name(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  const isDigit = /^Digit[0-9]$/.test(event.code);
  parts.push(event.altKey && isDigit ? event.code.slice(5) : event.key);
  return parts.join("+");
}

// ── lists
const ROW = ":is(table.s-list, table.s-refunds) tbody tr";
const rows = () => [...scope().querySelectorAll(ROW)].filter(isShown);

function move(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.findIndex((row) => row.classList.contains("is-at"));
  const to = Math.min(all.length - 1, Math.max(0, at + by));
  all.forEach((row, index) => row.classList.toggle("is-at", index === to));
  const link = all[to].querySelector("[data-view], .at-id a, .at-id button, a");
  link?.focus({ preventScroll: true });
  all[to].scrollIntoView({ block: "nearest" });
  return true;
}

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.(ROW);
  if (!row) return;
  for (const other of row.parentElement.querySelectorAll(".is-at")) other.classList.remove("is-at");
  row.classList.add("is-at");
});

// ── sections of a form: Alt 1 to 9
function section(number) {
  const step = scope().querySelectorAll("[data-step]")[number - 1];
  if (!step) return false;
  const change = step.querySelector("header a");
  const field = step.querySelector(".s-body input:not([type=hidden]), .s-body select, .s-body textarea");
  (field || change || step.querySelector("h2")).focus();
  return true;
}

function single(event) {
  const key = event.shiftKey && /^[a-z]$/i.test(event.key) ? event.key.toUpperCase() : event.key;
  const sequence = pending ? `${pending} ${key}` : key;
  pending = "";
  window.clearTimeout(pendingTimer);
  const target = pressed(sequence) || (sequence !== key && pressed(key));
  if (target) {
    event.preventDefault();
    act(target);
    return;
  }
  if (key === "j" || key === "k") {
    if (move(key === "j" ? 1 : -1)) event.preventDefault();
    return;
  }
  if (scope().querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
    pending = key;
    pendingTimer = window.setTimeout(() => {
      pending = "";
    }, SEQUENCE_MS);
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.key === "Shift") return;
  const chord = name(event);
  if (event.ctrlKey || event.metaKey || event.altKey) {
    const target = pressed(chord);
    if (target) {
      event.preventDefault();
      act(target);
    } else if (/^Alt\+[1-9]$/.test(chord) && section(Number(chord.slice(4)))) {
      event.preventDefault();
    }
    return;
  }
  if (event.key === "Escape") {
    if (isField(event.target) && event.target.closest("header.s-top, .s-filters")) event.target.blur();
    else if (!document.querySelector("dialog:modal")) {
      const cancel = pressed("Escape");
      if (cancel) {
        event.preventDefault(); // the same key would close the dialog that it opens
        act(cancel);
      }
    }
    return;
  }
  if (isField(event.target) || singlesOff || event.key.length > 1) return;
  single(event);
});

for (const button of document.querySelectorAll("button[data-opens=keys][hidden]")) button.hidden = false;

// ── what a narrow column cuts off is said by the pointer
document.addEventListener("mouseover", (event) => {
  const cell = event.target.closest?.(".s-requests td:nth-child(4)");
  if (cell && cell.scrollWidth > cell.clientWidth) cell.title = cell.textContent;
});
