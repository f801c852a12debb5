// Voting by key: 1 to 4 press the buttons of the question that stands at the end of the log, for those who are not
// typing. Escape leaves the message field; what is written there stays.
(() => {
  "use strict";

  const log = document.getElementById("log");
  const field = document.getElementById("message");
  const isWriting = () => document.activeElement?.matches("textarea, input:not([type=checkbox]), select");

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const question = log.querySelector(".turn:last-child form.vote");
    if (!question) return;
    if (event.key === "Escape" && document.activeElement === field) field.blur();
    if (!isWriting()) question.querySelector(`button[aria-keyshortcuts="${CSS.escape(event.key)}"]`)?.click();
  });

  // The button that was pressed is gone with its question: the focus goes to the words that took its place.
  let thanks = "";

  document.addEventListener("htmx:beforeRequest", (event) => {
    thanks = event.target.dataset.thanks ?? "";
  });

  document.addEventListener("htmx:afterSettle", () => {
    document.getElementById(thanks)?.focus({ preventScroll: true });
    thanks = "";
  });
})();
