// Quiet work beside the reader: drafts after a pause of typing, the lock's heartbeat, the bell.
// Every such request says X-Background, so that it never keeps a forgotten session alive.

const DRAFT_PAUSE_MS = 1000;
const HEARTBEAT_MS = 60000;
const BELL_MS = 30000;

function headers() {
  const given = JSON.parse(document.body.getAttribute("hx-headers") || "{}");
  return { ...given, "X-Background": "true", "HX-Request": "true" };
}

async function post(url, body) {
  const response = await fetch(url, { method: "POST", body, headers: headers(), keepalive: true });
  if (response.status === 401) saySignedOut();
  return response;
}

function saySignedOut() {
  const text = "You were signed out. Sign in again in another tab, then go on here.";
  document.dispatchEvent(new CustomEvent("s-note", { detail: { text, tone: "yellow" } }));
}

// ── signed in again elsewhere: a new session has a new token, which the forms here take over
const refused = new WeakSet();

async function isBack() {
  try {
    const response = await fetch(window.location.href, { headers: { "X-Background": "true" } });
    if (!response.ok || new URL(response.url).pathname !== window.location.pathname) return false;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    document.body.setAttribute("hx-headers", fresh.body.getAttribute("hx-headers") || "{}");
    const token = fresh.querySelector("[name=csrfmiddlewaretoken]");
    for (const field of token ? document.querySelectorAll("[name=csrfmiddlewaretoken]") : []) {
      field.value = token.value;
    }
    return true;
  } catch {
    return false;
  }
}

// ── drafts: <form data-draft-url="…"> … <span data-drafted role="status"></span>
const drafts = new WeakMap();

function ago(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds - (seconds % 10) || 5} s ago`;
  return `${Math.floor(seconds / 60)} m ago`;
}

function saidBy(form) {
  return form.querySelector("[data-drafted]") || document.querySelector("[data-drafted]");
}

function showAge() {
  for (const form of document.querySelectorAll("form[data-draft-url]")) {
    const draft = drafts.get(form);
    const place = saidBy(form);
    if (!draft?.savedAt || !place) continue;
    const text = `Saved as a draft ${ago(Date.now() - draft.savedAt)}`;
    if (place.textContent !== text) place.textContent = text;
  }
}

async function save(form) {
  const draft = drafts.get(form);
  const body = new FormData(form);
  body.delete("csrfmiddlewaretoken");
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  try {
    const response = await post(form.dataset.draftUrl, body);
    const place = saidBy(form);
    draft.isSignedOut = response.status === 401;
    if (response.ok) {
      draft.savedAt = Date.now();
      showAge();
    } else if (place) {
      place.textContent = "Not saved as a draft";
      if (response.status === 409) {
        // another window was faster; what stands here is sent by a button only, which says so too
        delete form.dataset.draftUrl;
        const text = `${(await response.text()).slice(0, 200)}. What you type here is not saved.`;
        document.dispatchEvent(new CustomEvent("s-note", { detail: { text, tone: "orange" } }));
      }
    }
  } catch {
    const place = saidBy(form);
    if (place) place.textContent = "Not saved as a draft: no connection";
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draftUrl) return;
  const draft = drafts.get(form) || {};
  drafts.set(form, draft);
  window.clearTimeout(draft.timer);
  draft.timer = window.setTimeout(() => save(form), DRAFT_PAUSE_MS);
});
document.addEventListener("htmx:beforeOnLoad", (event) => {
  // <… hx-post data-stays>: what only shows something never leads away from what is being typed;
  // neither does a form in a dialog, which is sent again once somebody has signed in elsewhere
  if (event.detail.xhr.status !== 401) return;
  const { elt } = event.detail;
  if (!elt.matches("[data-stays], dialog form")) return;
  event.preventDefault();
  if (elt.matches("form")) refused.add(elt);
  saySignedOut();
});
document.addEventListener(
  "submit",
  async (event) => {
    // sent now it would lead to the sign-in page, and what was not saved would be gone
    const { target: form, submitter } = event;
    const draft = form.dataset.draftUrl ? drafts.get(form) : null;
    if (!draft?.isSignedOut && !refused.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    window.clearTimeout(draft?.timer);
    if (!(await isBack())) {
      saySignedOut();
      return;
    }
    refused.delete(form);
    if (draft) await save(form);
    if (!draft?.isSignedOut) form.requestSubmit(submitter);
  },
  { capture: true },
);
window.setInterval(showAge, 5000);
window.addEventListener("pageshow", (event) => {
  // a page out of the browser's memory has sent its draft already: what is kept may be newer
  if (event.persisted && document.querySelector("form[data-draft-url] [name=window]")) location.reload();
});

// ── the lock: <… data-heartbeat-url="…">
async function beat() {
  const holder = document.querySelector("[data-heartbeat-url]");
  if (!holder) return;
  try {
    const response = await post(holder.dataset.heartbeatUrl, new FormData());
    if (response.status !== 409) return;
    const text = (await response.text()).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
    document.dispatchEvent(new CustomEvent("s-note", { detail: { text, tone: "orange" } }));
    delete holder.dataset.heartbeatUrl;
  } catch {
    // the next beat tries again
  }
}
window.setInterval(beat, HEARTBEAT_MS);

// ── the bell: <a id="bell" data-poll="…">
async function ring() {
  const bell = document.querySelector("[data-poll]");
  if (!bell || document.hidden) return;
  try {
    const response = await fetch(bell.dataset.poll, { headers: headers() });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").body.firstElementChild;
    if (!fresh) return;
    const heard = fresh.getAttribute("aria-label");
    if (heard !== bell.getAttribute("aria-label")) {
      document.dispatchEvent(new CustomEvent("s-announce", { detail: { text: heard } }));
      bell.replaceWith(fresh);
    }
  } catch {
    // the next ring tries again
  }
}
window.setInterval(ring, BELL_MS);
