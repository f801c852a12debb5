// The chat's own behaviour: the composer, the connection's state in words, and staying at the newest line.
// The words themselves come from the server as HTML and are put in place by htmx.
(() => {
  "use strict";

  const composer = document.getElementById("composer");
  const field = document.getElementById("message");
  const connection = document.getElementById("connection");
  const NOT_YOURS = 4404;

  // Connection

  let connected = false;
  let sendWhenConnected = false; // someone was quicker than the connection
  let lostTimer = null;

  const say = (words) => {
    connection.textContent = words;
    connection.hidden = !words;
  };

  htmx.config.wsReconnectDelay = (tries) => Math.random() * Math.min(8000, 500 * 2 ** tries);

  // Each connection says which version of the log this page shows now: the server then sends only what is missing.
  htmx.createWebSocket = (address) => {
    const url = new URL(address);
    url.searchParams.set("v", document.getElementById("composer-state").dataset.version);
    return new WebSocket(url);
  };

  document.addEventListener("htmx:wsOpen", () => {
    connected = true;
    clearTimeout(lostTimer);
    say("");
    if (sendWhenConnected && field.value.trim()) composer.requestSubmit();
    sendWhenConnected = false;
  });

  document.addEventListener("htmx:wsClose", (event) => {
    connected = false;
    clearTimeout(lostTimer);
    if (event.detail.event.code === NOT_YOURS) {
      say(connection.dataset.gone);
    } else {
      // A short break heals before anyone needs to read about it, and leaving the page is no break at all.
      lostTimer = setTimeout(() => say(connection.dataset.lost), 800);
    }
  });

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
    event.detail.headers = undefined; // the server reads none of htmx's headers
    if (!connected) {
      event.preventDefault();
      sendWhenConnected = sendWhenConnected || event.target === composer;
      say(connection.dataset.waiting);
    } else if (event.target === composer) {
      sent = { turn: event.detail.parameters.turn, text: field.value };
    }
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
