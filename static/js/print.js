// Buttons marked data-print open the browser's print window; without this script they stay away.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
