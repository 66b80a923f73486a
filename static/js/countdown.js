// Live clocks: <time data-countdown datetime="…" data-at="…">18 h 45 m</time>, counted from the
// server's moment in data-at, so that a wrong clock on the desk does no harm. Ticks in silence; when
// the due or the warning moment passes, the state changes and is announced once.

const TICK_MS = 1000;
const STATES = {
  warn: { tone: "t-yellow", word: "At risk" },
  late: { tone: "t-red", word: "Breached" },
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
  const text = `${about(time)}SLA ${word}`;
  document.dispatchEvent(new CustomEvent("s-announce", { detail: { text } }));
}

function show(time) {
  const at = now(time);
  const due = Date.parse(time.dateTime);
  const warns = Date.parse(time.dataset.warns || "");
  const left = due - at;
  const text = left > 0 ? words(left) : `Overdue by ${words(left)}`;
  if (time.textContent !== text) time.textContent = text;
  const was = time.dataset.was;
  const is = left <= 0 ? "late" : at >= warns ? "warn" : "fine";
  if (was && was !== is && is !== "fine") enter(time, is);
  time.dataset.was = is;
}

function tick() {
  for (const time of document.querySelectorAll("time[data-countdown], [data-at] .s-sla time"))
    show(time);
}

tick();
window.setInterval(tick, TICK_MS);
document.addEventListener("htmx:load", tick);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) tick();
});
