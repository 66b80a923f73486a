// Native dialogs and the small menus: opened by [data-opens], closed by [data-closes], Esc, or a press outside.

function open(dialog) {
  if (dialog.matches(":modal")) return;
  dialog.removeAttribute("open");
  dialog.showModal();
  const first = dialog.querySelector(
    "[autofocus], .s-body input:not([type=hidden]), .s-body select, .s-body textarea",
  );
  first?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog) {
      event.preventDefault();
      open(dialog);
    }
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog")?.close();
    return;
  }
  if (event.target.matches("dialog[open]")) {
    const box = event.target.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right &&
      event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
  for (const menu of document.querySelectorAll("details.s-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  // a link that acts as a button answers to the space bar too
  if (event.key === " " && event.target.matches("a[role=button]")) {
    event.preventDefault();
    event.target.click();
  }
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.s-menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

function upgrade(root) {
  for (const dialog of root.querySelectorAll("dialog.s-dialog[open]")) open(dialog);
}

upgrade(document);
document.addEventListener("htmx:load", (event) => upgrade(event.target));
const named = location.hash && document.getElementById(location.hash.slice(1));
if (named && named.matches("dialog.s-dialog")) open(named);
