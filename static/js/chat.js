// The chat's own behaviour: the composer, and staying at the newest line. Its line to the server is in line.js.
// The words themselves come from the server as HTML and are put in place by htmx.
(() => {
  "use strict";

  const composer = document.getElementById("composer");
  const field = document.getElementById("message");

  // What goes by plain request (a vote, its reasons) may fail as well.
  const notice = document.getElementById("notice");

  document.addEventListener("htmx:sendError", () => {
    notice.textContent = notice.dataset.unreached;
  });

  document.addEventListener("htmx:responseError", () => {
    notice.textContent = notice.dataset.refused;
  });

  // The message on its way: what it is called, and what stood in the field.
  let sent = null;

  document.addEventListener("htmx:wsConfigSend", (event) => {
    if (event.defaultPrevented || event.target !== composer) return; // it waits for the line
    sent = { turn: event.detail.parameters.turn, text: field.value };
  });

  // Composer: the field is emptied when the message stands in the log, not before, so nothing typed is ever lost.

  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  };

  const emptyIfArrived = () => {
    if (!sent || !document.getElementById(`turn-${sent.turn}`)) return false;
    if (field.value.trim() === sent.text.trim()) field.value = "";
    sent = null;
    composer.dispatchEvent(new Event("chat:arrived"));
    grow();
    return true;
  };

  field.addEventListener("input", grow);

  // Korean is composed syllable by syllable, and the Enter that sends also ends the last syllable. While a syllable is
  // open, that Enter only notes the wish to send; the message leaves once the finished syllable is in the field.
  // Safari ends the syllable first and sends the key afterwards, as key code 229.
  let composing = false;
  let sendWhenComposed = false;

  const sendSoon = () =>
    setTimeout(() => {
      if (!sendWhenComposed) return;
      sendWhenComposed = false;
      composer.requestSubmit();
    }, 0);

  field.addEventListener("compositionstart", () => {
    composing = true;
  });

  field.addEventListener("compositionend", () => {
    composing = false;
    if (sendWhenComposed) sendSoon();
  });

  field.addEventListener("keydown", (event) => {
    const isEnter = event.key === "Enter" || event.code === "Enter" || event.code === "NumpadEnter";
    if (!isEnter || event.shiftKey) return;
    if (event.isComposing || composing) {
      sendWhenComposed = true;
      return;
    }
    event.preventDefault();
    if (event.keyCode === 229) {
      sendWhenComposed = true;
      sendSoon();
      return;
    }
    sendWhenComposed = false;
    composer.requestSubmit();
  });

  document.querySelectorAll("[data-starter]").forEach((starter) =>
    starter.addEventListener("click", () => {
      field.value = starter.textContent;
      composer.requestSubmit();
      field.focus();
    }),
  );

  // Newest line: follow it only for those who are reading there.

  let atBottom = true;
  const page = document.scrollingElement;
  const toBottom = () => page.scrollTo({ top: page.scrollHeight, behavior: "instant" });

  document.addEventListener("htmx:wsBeforeMessage", () => {
    atBottom = page.scrollHeight - page.scrollTop - window.innerHeight < 64;
  });

  document.addEventListener("htmx:wsAfterMessage", () => {
    const arrived = emptyIfArrived();
    if (atBottom || arrived) toBottom();
  });

  if (document.querySelector(".turn")) toBottom();
  grow();
})();
