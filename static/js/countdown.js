// Live clocks: <time data-countdown datetime="…" data-at="…">18 h 45 m</time>, counted from the
// server's moment in data-at, so that a wrong clock on the desk does no harm. Ticks in silence; when
// the due or the warning moment passes, the state changes and is announced once. Rows of a list of
// cases have no <time>: data-due and data-warns are seconds after the data-at of their table.

const TICK_MS = 1000;
const STATES = {
  warn: { tone: "t-yellow", word: "At risk", mark: "ri" },
  late: { tone: "t-red", word: "Breached", mark: "la" },
};
const TONES = ["t-green", "t-yellow", "t-red", "t-blue", "t-slate", "t-orange"];

const starts = new WeakMap(); // each clock's server moment, less the desk's clock

function now(time) {
  if (!starts.has(time)) {
    const at = time.closest("[data-at]").dataset.at; // the clock's own, or its table's
    starts.set(time, Date.parse(at) - Date.now());
  }
  return starts.get(time) + Date.now();
}

// A begun minute still counts before the moment, and does not yet count after it.
function words(ms) {
  const minutes = ms > 0 ? Math.ceil(ms / 60000) : Math.floor(-ms / 60000);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const rest = minutes % 60;
  const parts = [];
  if (days) parts.push(`${days} d`);
  if (days || hours) parts.push(`${hours} h`);
  parts.push(parts.length ? `${String(rest).padStart(2, "0")} m` : `${rest} m`);
  return parts.join(" ");
}

function about(time) {
  const row = time.closest("tr, .s-case, li");
  const name = row?.querySelector(".at-id, h1, th, .s-ref");
  return name ? `${name.textContent.trim()}: ` : "";
}

function announce(time, word) {
  const text = `${about(time)}SLA ${word}`;
  document.dispatchEvent(new CustomEvent("s-announce", { detail: { text } }));
}

// A row as the server would write it now: what is late has no word and no bar besides.
function enterRow(time, state) {
  const { classList } = time.closest("tr");
  if (state === "warn" ? !classList.contains("ok") : classList.contains("la")) return;
  classList.remove("ok", "ri");
  classList.add(STATES[state].mark);
  const said = time.querySelector("b");
  if (said) said.textContent = STATES[state].word;
  if (state === "late")
    for (const each of time.querySelectorAll("b, progress, [data-left]")) each.remove();
  announce(time, STATES[state].word);
}

function enter(time, state) {
  const clock = time.closest("[data-sla], .s-sla");
  if (!clock || clock.dataset.entered === state) return;
  if (state === "warn" && !clock.classList.contains("t-green")) return;
  clock.dataset.entered = state;
  const { tone, word } = STATES[state];
  for (const toned of [clock, ...clock.querySelectorAll(".s-bar, .s-tag")]) {
    toned.classList.remove(...TONES);
    toned.classList.add(tone);
  }
  const said = clock.querySelector(".s-sla b");
  if (said) said.textContent = word;
  if (state === "late") {
    clock.classList.add("is-over");
    clock.querySelector("[data-left]")?.remove();
    clock.querySelector(".s-clock-left")?.classList.add("is-over");
    clock.querySelector("progress")?.setAttribute("value", "100");
  }
  announce(time, word);
}

function moment(time, name) {
  const { due, warns } = time.dataset;
  if (!due) return Date.parse(name === "due" ? time.dateTime : warns || "");
  const second = Math.floor(Date.parse(time.closest("[data-at]").dataset.at) / 1000);
  return 1000 * (second + Number(time.dataset[name] ?? NaN));
}

function write(time, text) {
  if (!time.dataset.due) {
    if (time.textContent !== text) time.textContent = text;
    return;
  }
  const written = [...time.childNodes].find((node) => node.nodeType === Node.TEXT_NODE);
  const whole = time.querySelector("b") ? ` · ${text}` : text;
  if (written.data !== whole) written.data = whole;
}

function show(time) {
  const at = now(time);
  const due = moment(time, "due");
  const warns = moment(time, "warns");
  const left = due - at;
  const was = time.dataset.was;
  const is = left <= 0 ? "late" : at >= warns ? "warn" : "fine";
  if (was && was !== is && is !== "fine") (time.dataset.due ? enterRow : enter)(time, is);
  write(time, left > 0 ? words(left) : `Overdue by ${words(left)}`);
  time.dataset.was = is;
}

function tick() {
  for (const time of document.querySelectorAll(
    "time[data-countdown], [data-at] .s-sla time, [data-at] [data-due]",
  ))
    show(time);
}

tick();
window.setInterval(tick, TICK_MS);
document.addEventListener("htmx:load", tick);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) tick();
});
