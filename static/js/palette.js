// Ctrl K: one box to go to, find, and act. It lists what the page itself offers: the places of the
// navigation, the tabs, and every control that has a key; what is typed can always be searched for.

const palette = document.getElementById("palette");
const input = palette?.querySelector("input");
const list = document.getElementById("palette-list");
const help = document.getElementById("keys-here");
let at = 0;

const label = (element) =>
  (element.getAttribute("aria-label") || element.getAttribute("placeholder") || element.textContent).trim().replace(/\s+/g, " ");
const isShown = (element) => element.getClientRects().length > 0 && !element.disabled;

const CAPS = { ArrowLeft: "←", ArrowRight: "→" };

function kbd(keys) {
  const box = document.createElement("span");
  for (const key of keys.split(/[ +]/).flatMap((each) => CAPS[each] || each.replace(/^[A-Z]$/, "Shift $&").split(" "))) {
    const cap = document.createElement("kbd");
    cap.textContent = /^[A-Z]$/.test(key) ? key.toLowerCase() : key;
    box.append(cap, " ");
  }
  return box;
}

function offers() {
  const all = document.querySelectorAll(".s-nav a, .nav-tabs a, [data-key], .s-actions .btn, .s-head .btn");
  const seen = new Set();
  return [...all].filter((element) => {
    const name = label(element);
    if (!name || seen.has(name) || !isShown(element) || element.closest("dialog")) return false;
    seen.add(name);
    return true;
  });
}

function line(text, keys, run) {
  const item = document.createElement("li");
  item.setAttribute("role", "option");
  item.id = `palette-${list.children.length}`;
  const words = document.createElement("span");
  words.textContent = text;
  item.append(words);
  if (keys) item.append(kbd(keys));
  item.addEventListener("click", () => {
    palette.close();
    run();
  });
  list.append(item);
}

function mark(to) {
  const items = [...list.children];
  at = Math.max(0, Math.min(items.length - 1, to));
  items.forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
  const chosen = items[at];
  input.setAttribute("aria-activedescendant", chosen ? chosen.id : "");
  chosen?.scrollIntoView({ block: "nearest" });
}

function fill() {
  const wanted = input.value.trim().toLowerCase();
  list.replaceChildren();
  for (const element of offers()) {
    const text = label(element);
    if (wanted && !text.toLowerCase().includes(wanted)) continue;
    const isInput = element.matches("input, select, textarea");
    line(text, element.dataset.key, () => (isInput ? element.focus() : element.click()));
  }
  if (wanted) {
    const form = document.querySelector("form[role=search]");
    const address = form ? form.getAttribute("action") : "/search";
    line(`Search for “${input.value.trim()}”`, "", () => {
      location.assign(`${address}?q=${encodeURIComponent(input.value.trim())}`);
    });
  }
  mark(0);
}

function show() {
  input.value = "";
  fill();
  palette.showModal();
  input.focus();
}

if (palette) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.altKey) {
      event.preventDefault();
      if (!palette.open) show();
    }
  });
  input.addEventListener("input", fill);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      mark(at + step);
    } else if (event.key === "Enter") {
      event.preventDefault();
      list.children[at]?.click();
    }
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
  });
}

// ── "?": the keys of this page, read from the page
document.addEventListener("click", (event) => {
  if (!help || !event.target.closest("[data-opens=keys]")) return;
  help.replaceChildren();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (!isShown(element) || ["/", "?"].includes(element.dataset.key)) continue;
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const keys = document.createElement("dd");
    term.textContent = label(element);
    keys.append(kbd(element.dataset.key));
    row.append(term, keys);
    help.append(row);
  }
});
