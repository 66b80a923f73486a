// Dragging an order to another technician sends the form that the order has anyway.
class Board extends HTMLElement {
  connectedCallback() {
    this.querySelectorAll("[data-order]").forEach((order) => {
      if (order.querySelector("select[name=technician]")) order.draggable = true;
    });
    this.addEventListener("dragstart", (event) => {
      this.dragged = event.target.closest("[data-order]");
      event.dataTransfer.effectAllowed = "move";
    });
    this.addEventListener("dragover", (event) => {
      const column = this.columnOf(event);
      this.mark(column);
      if (column) event.preventDefault();
    });
    this.addEventListener("dragend", () => this.mark(null));
    this.addEventListener("drop", (event) => {
      const column = this.columnOf(event);
      this.mark(null);
      if (!column) return;
      event.preventDefault();
      const form = this.dragged.querySelector("form");
      form.elements.technician.value = column.dataset.technician;
      form.requestSubmit();
    });
  }

  columnOf(event) {
    const column = event.target.closest("[data-technician]");
    return this.dragged && column && !column.contains(this.dragged) ? column : null;
  }

  mark(column) {
    this.querySelectorAll(".is-over").forEach((each) => each.classList.remove("is-over"));
    if (column) column.classList.add("is-over");
  }
}

customElements.define("s-board", Board);
