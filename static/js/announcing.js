// Screen readers hear each message once, when it is whole. The log itself is silent: its pieces are drawn anew for many
// reasons, and every one of them would be read again.
(() => {
  "use strict";

  const log = document.getElementById("log");
  const announced = document.getElementById("announced");
  const QUESTION = ".turn:last-child form.vote legend";

  let writing = new Set();
  let question = log.querySelector(QUESTION)?.textContent;

  const idsOf = (selector) => new Set([...log.querySelectorAll(selector)].map((reply) => reply.id));

  const words = (reply) => {
    const copy = reply.cloneNode(true);
    copy.querySelectorAll("button").forEach((button) => button.remove());
    return [...copy.children].map((part) => part.textContent.trim().replace(/\s+/g, " ")).join(" ").trim();
  };

  const announce = () => {
    const still = idsOf('.reply[aria-busy="true"]');
    const whole = [...writing].filter((id) => !still.has(id)).map((id) => document.getElementById(id));
    const asked = log.querySelector(QUESTION)?.textContent;
    const said = whole.filter(Boolean).map(words);
    if (asked && asked !== question) said.push(asked);
    question = asked;
    writing = still;
    if (said.length) announced.textContent = said.join(" ");
  };

  announce();
  document.addEventListener("htmx:wsAfterMessage", announce);
})();
