// The line to the server: one socket, left for a new one where it may be dead, and its state in words.
(() => {
  "use strict";

  const composer = document.getElementById("composer");
  const field = document.getElementById("message");
  const connection = document.getElementById("connection");
  const NOT_YOURS = 4404;
  const SLEPT_MS = 20_000;

  let socket = null;
  let reconnect = () => {}; // htmx's, from the first time that the line stood
  let connected = false;
  let sendWhenConnected = false; // someone was quicker than the connection
  let lostTimer = null;

  const say = (words) => {
    clearTimeout(lostTimer);
    connection.textContent = words;
    connection.hidden = !words;
  };

  const lose = () => {
    connected = false;
    clearTimeout(lostTimer);
    // A short break heals before anyone needs to read about it, and leaving the page is no break at all.
    lostTimer = setTimeout(() => say(connection.dataset.lost), 800);
  };

  // Without a network a try costs nothing, and the first one that has it again should come soon.
  htmx.config.wsReconnectDelay = (tries) =>
    navigator.onLine ? Math.random() * Math.min(8000, 500 * 2 ** tries) : 1000;

  // Words come as steps: from two sockets each would come twice. So the former is silenced before there is another.
  // Each says which version of the log this page shows now: the server then sends only what is missing.
  htmx.createWebSocket = (address) => {
    if (socket) {
      socket.onclose = null;
      socket.close();
    }
    const url = new URL(address);
    url.searchParams.set("v", document.getElementById("composer-state").dataset.version);
    socket = new WebSocket(url);
    return socket;
  };

  document.addEventListener("htmx:wsOpen", (event) => {
    connected = true;
    reconnect = event.detail.socketWrapper.reconnect;
    say("");
    if (sendWhenConnected && field.value.trim()) composer.requestSubmit();
    sendWhenConnected = false;
  });

  document.addEventListener("htmx:wsClose", (event) => {
    lose();
    if (event.detail.event.code === NOT_YOURS) say(connection.dataset.gone);
  });

  document.addEventListener("htmx:wsConfigSend", (event) => {
    event.detail.headers = undefined; // the server reads none of htmx's headers
    if (connected) return;
    event.preventDefault();
    sendWhenConnected = sendWhenConnected || event.target === composer;
    say(connection.dataset.waiting);
  });

  // A line can die without a word: the network went or changed, or the phone slept for longer than the server waits.
  // Its socket still looks open then.

  const renew = () => {
    if (socket?.readyState === WebSocket.CLOSED) return; // htmx will try again by itself
    lose();
    reconnect();
  };

  window.addEventListener("offline", renew);

  let hiddenAt = Infinity;

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (Date.now() - hiddenAt > SLEPT_MS) renew();
  });
})();
