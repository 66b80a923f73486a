// Says things: announcements for screen readers, notes at the top of the page, toasts that leave by
// themselves. Other modules speak through events: s-announce {text}, s-note {text, tone}.

const TOAST_MS = 6000;
const SENTENCES = {
  0: "No connection. Nothing was sent; what you typed is still here.",
  400: "The browser sent something that this page does not understand. Reload and try again.",
  403: "Your role does not include this, or the page was open too long. Reload and try again.",
  404: "This is not there any more.",
  413: "What was sent is larger than we accept.",
  500: "Something went wrong on our side. Nothing was changed.",
};

const live = document.getElementById("live");
const notes = document.getElementById("page-notes");

function announce(text) {
  if (!live) return;
  live.textContent = "";
  window.setTimeout(() => {
    live.textContent = text;
  }, 50);
}

function note(text, tone = "red") {
  if (!notes) return;
  for (const old of document.querySelectorAll(".s-note[data-note]")) old.remove();
  const box = document.createElement("div");
  box.className = `s-note t-${tone}`;
  box.dataset.note = "";
  box.setAttribute("role", "alert");
  const words = document.createElement("div");
  words.textContent = text;
  box.append(words);
  const dialog = document.querySelector("dialog:modal form"); // what lies behind it nobody reads
  if (dialog) dialog.prepend(box);
  else notes.append(box);
  box.scrollIntoView({ block: "nearest" });
}

function sentence(response) {
  if (response.status === 429) {
    const wait = Number.parseInt(response.headers.get("Retry-After") || "", 10);
    return Number.isFinite(wait)
      ? `This was asked for too often. Try again in ${wait} seconds.`
      : "This was asked for too often. Wait a little and try again.";
  }
  return SENTENCES[response.status] || SENTENCES[response.status >= 500 ? 500 : 400];
}

function startToast(toast) {
  if (toast.dataset.started) return;
  toast.dataset.started = "yes";
  let timer = 0;
  const go = () => {
    timer = window.setTimeout(() => toast.remove(), TOAST_MS);
  };
  const stay = () => window.clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, stay);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, go);
  go();
}

document.addEventListener("s-announce", (event) => announce(event.detail.text));
document.addEventListener("s-note", (event) => note(event.detail.text, event.detail.tone));
document.addEventListener("s-refused", (event) => note(sentence(event.detail.response)));

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const headers = { get: (name) => xhr.getResponseHeader(name) };
  note(sentence({ status: xhr.status, headers }));
});
document.addEventListener("htmx:sendError", () => note(SENTENCES[0]));
document.addEventListener("htmx:timeout", () => note(SENTENCES[0]));
document.addEventListener("htmx:beforeRequest", () => {
  for (const old of document.querySelectorAll(".s-note[data-note]")) old.remove();
});

for (const toast of document.querySelectorAll("[data-toast]")) startToast(toast);
document.addEventListener("htmx:load", (event) => {
  for (const toast of event.target.querySelectorAll?.("[data-toast]") || []) startToast(toast);
});
