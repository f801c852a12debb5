// What one does with a turn that stands in the log: copy an answer, edit an own message, leaf with the arrow keys.
// Leafing itself is a frame to the server, sent by htmx.
(() => {
  "use strict";

  const log = document.getElementById("log");
  const composer = document.getElementById("composer");
  const field = document.getElementById("message");

  // Copying

  const copied = document.getElementById("copied");

  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.text);
      copied.textContent = button.dataset.copied;
      button.classList.add("tool--done");
    } catch {
      // No clipboard without HTTPS, or it was refused: leave the words selected, for copying by hand.
      window.getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
      copied.textContent = button.dataset.byHand;
    }
    setTimeout(() => {
      copied.textContent = "";
      button.classList.remove("tool--done");
    }, 2500);
  };

  // Editing happens in the composer, where Enter and the limits are known. What stood there comes back afterwards.

  const editing = document.getElementById("editing");
  const edits = document.getElementById("edits");
  let draft = "";

  const fill = (text) => {
    field.value = text;
    field.dispatchEvent(new Event("input"));
  };

  const edit = (turn) => {
    if (edits.disabled) draft = field.value;
    edits.value = turn;
    edits.disabled = false;
    editing.hidden = false;
    fill(document.getElementById(`said-${turn}`).lastChild.textContent);
    field.focus();
  };

  const stopEditing = (left) => {
    if (edits.disabled) return;
    edits.disabled = true;
    editing.hidden = true;
    fill(left);
  };

  document.getElementById("editing-stop").addEventListener("click", () => {
    stopEditing(draft);
    field.focus();
  });

  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) stopEditing(draft);
  });

  composer.addEventListener("chat:arrived", () => stopEditing(field.value || draft));

  log.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.copy) copy(button);
    if (button?.dataset.edit) edit(button.dataset.edit);
  });

  // Leafing by key: the arrows beside the page number, wherever in that group the focus is.

  log.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: "before", ArrowRight: "after" }[event.key];
    const leaf = event.target.closest(".leaf");
    if (!step || !leaf) return;
    event.preventDefault();
    const button = leaf.querySelector(`[id^="${step}-"]`);
    button.focus();
    button.click();
  });

  // The button that was pressed is drawn anew with its turn: the focus stays on its successor.

  let focused = "";

  document.addEventListener("htmx:wsBeforeMessage", () => {
    // On nothing: the button is away while its answer is written, and comes back with it.
    if (document.activeElement === document.body) return;
    focused = log.contains(document.activeElement) ? document.activeElement.id : "";
  });

  document.addEventListener("htmx:wsAfterMessage", () => {
    if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
  });
})();
