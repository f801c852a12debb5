/* Reading by key. A key grades the reply that stands on the screen when it is pressed, and the next one comes at once:
   the page holds a few. What was pressed goes to the server behind that, one thing after the other, and stays in this
   browser until the server has it. So a slow or lost line loses no key, nor does a reload.

   Keys go by their place on the keyboard: with a Korean layout "S" types "ㄴ", and still means the style. */

const page = document.querySelector("[data-reading]");
const form = page.querySelector("form");
const cards = page.querySelector("[data-cards]");
const style = form.elements.in_style;
const done = page.querySelector("[data-done]");
const RETRY_MS = 3000;
const KEYS = { Digit1: "1", Digit2: "2", Digit3: "3", Numpad1: "1", Numpad2: "2", Numpad3: "3", KeyU: "U" };
const STYLE_KEYS = ["KeyS", "Digit0", "Numpad0"];

// [{item, grade, in_style} or {undo}, ...], the oldest first.
const unsent = JSON.parse(localStorage.getItem(page.dataset.keptAs) || "[]");
const graded = page.dataset.last ? [page.dataset.last] : []; // the last one last: what undoing takes back
let sending = false;
let anewWhenSent = unsent.length > 0; // what the page shows was made without what is still unsent

function say(words, refused = false) {
  const said = page.querySelector(".desk__said");
  said.textContent = words;
  said.classList.toggle("desk__said--refused", refused);
}

const card = (number) => cards.querySelector(`[data-item="${number}"]`);
const current = () => cards.querySelector("[data-item]:not([data-graded])");

function show() {
  const now = anewWhenSent ? null : current();
  for (const one of cards.children) one.hidden = one !== now;
  page.querySelector("[data-grading]").hidden = !now;
  page.querySelector("[data-loading]").hidden = Boolean(now) || !unsent.length;
  page.querySelector("[data-finished]").hidden = Boolean(now) || unsent.length > 0;
  page.querySelector("[data-waiting]").textContent = unsent.length ? `${page.dataset.unsent} ${unsent.length}` : "";
  page.querySelector("progress").value = Number(done.textContent);
}

function keep() {
  if (unsent.length) localStorage.setItem(page.dataset.keptAs, JSON.stringify(unsent));
  else localStorage.removeItem(page.dataset.keptAs);
}

function put(deed) {
  unsent.push(deed);
  keep();
  show();
  send();
}

function grade(button) {
  const now = anewWhenSent ? null : current();
  if (!now) return;
  now.dataset.graded = "";
  graded.push(now.dataset.item);
  done.textContent = Number(done.textContent) + 1;
  const label = button.querySelector("span").firstChild.textContent.trim();
  say(`${label} · ${style.checked ? page.dataset.inStyle : page.dataset.outOfStyle}`);
  const deed = { item: now.dataset.item, grade: button.value, in_style: style.checked };
  style.checked = true;
  put(deed);
}

function undo() {
  const last = anewWhenSent ? null : graded.pop();
  if (!last) return say(page.dataset.nothingToUndo, true);
  done.textContent = Number(done.textContent) - 1;
  style.checked = true;
  say("");
  if (card(last)) delete card(last).dataset.graded;
  else anewWhenSent = true; // graded before this page was loaded: the server shows it again
  put({ undo: last });
}

async function send() {
  if (sending) return;
  sending = true;
  while (unsent.length && (await sent(unsent[0]))) {
    unsent.shift();
    keep();
    show();
  }
  sending = false;
  if (anewWhenSent && !unsent.length) location.reload();
}

/* Whether the server is done with it. */
async function sent(deed) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  for (const [name, value] of Object.entries(deed)) if (value !== false) body.set(name, value);
  const asked = { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", keepalive: true };
  const answer = await fetch(location.pathname, asked).catch(() => null);
  if (answer?.ok) return take(await answer.json());
  if (answer?.status === 409 || answer?.status === 410) return refuse(answer.status, (await answer.json()).said);
  if (answer?.status === 403 || answer?.type === "opaqueredirect") {
    say(page.dataset.loggedOut, true);
    return false;
  }
  say(page.dataset.failed, true);
  setTimeout(send, RETRY_MS);
  return false;
}

function take({ cards: html }) {
  const fresh = document.createRange().createContextualFragment(html);
  for (const one of fresh.querySelectorAll("[data-item]")) if (!card(one.dataset.item)) cards.append(one);
  if (page.querySelector(".desk__said").textContent === page.dataset.failed) say("");
  return true;
}

/* The round was closed, or the reply is none of it: the page that the server makes now says so. */
function refuse(status, said) {
  if (status === 410) unsent.length = 1;
  anewWhenSent = true;
  say(said, true);
  return true;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.name === "grade") grade(event.submitter);
  if (event.submitter?.name === "undo") undo();
});

// Enter in a checkbox would press the form's first button, and give a grade.
style.addEventListener("keydown", (event) => {
  if (event.code === "Enter") event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  if (STYLE_KEYS.includes(event.code)) style.checked = !style.checked;
  else if (KEYS[event.code]) form.querySelector(`[data-key="${KEYS[event.code]}"]`).click();
  else return;
  event.preventDefault();
});

window.addEventListener("online", send);
show();
send();
