/* The live figures: each message of the socket is the part's new HTML, made by our own templates. A tab that nobody
   looks at holds no socket, and a line that breaks is tried again, later each time. */

for (const part of document.querySelectorAll("[data-live]")) {
  let socket = null;
  let waited = 0;

  function open() {
    if (socket || document.hidden) return;
    const address = new URL(part.dataset.live, location);
    address.protocol = address.protocol.replace("http", "ws");
    const opened = (socket = new WebSocket(address));
    opened.addEventListener("message", ({ data }) => {
      part.innerHTML = data;
      waited = 0;
    });
    opened.addEventListener("close", () => {
      if (socket !== opened) return;
      socket = null;
      waited = Math.min(60, waited * 2 + 2);
      setTimeout(open, waited * 1000 * (0.5 + Math.random()));
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return open();
    const left = socket;
    socket = null;
    left?.close();
  });
  open();
}
