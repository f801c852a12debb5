/* The desk's keys. A key presses the button that bears it, so that what the legend shows is what happens.

   Keys go by their place on the keyboard: with a Korean layout "A" types "ㅁ", and still approves. A key that is pressed
   while a deed is on its way waits for the answer. It is pressed then if it was meant for the pair that is shown; nobody
   decides on a pair they haven't seen yet, and the desk says so. */

const form = () => document.querySelector("[data-desk]");
let busy = false;
let waiting = []; // keys pressed meanwhile, each with the pair that was shown

function edit(on) {
  for (const part of form().querySelectorAll("[data-write]")) part.hidden = !on;
  for (const part of form().querySelectorAll("[data-read]")) part.hidden = on;
  if (on) form().querySelector("textarea").focus();
}

function cancel() {
  for (const field of form().querySelectorAll("textarea")) field.value = field.defaultValue;
  edit(false);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-edit]")) edit(true);
  if (event.target.closest("[data-cancel]")) cancel();
});

document.addEventListener("keydown", (event) => {
  if (!form() || event.repeat) return;
  if (event.target.matches("[data-write]")) {
    // Escape while a syllable is being composed belongs to the input method.
    if (event.isComposing) return;
    if (event.code === "Escape") cancel();
    if (event.code === "Enter" && (event.ctrlKey || event.metaKey)) form().querySelector("[data-save]").click();
    return;
  }
  if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!buttonOf(event.code)) return;
  event.preventDefault();
  if (busy) waiting.push({ key: event.code, pair: pairShown() });
  else buttonOf(event.code).click();
});

function buttonOf(key) {
  const button = form().querySelector(`[data-key="${key}"]`);
  return button && !button.closest("[hidden]") ? button : null;
}

const pairShown = () => document.getElementById("desk").dataset.pair;

function pressWaiting() {
  while (waiting.length && !busy) {
    const { key, pair } = waiting.shift();
    if (pair !== pairShown()) tell(form().dataset.unseen);
    else buttonOf(key)?.click();
  }
}

document.addEventListener("htmx:beforeRequest", () => {
  busy = true;
});
document.addEventListener("htmx:afterSettle", () => {
  busy = false;
  pressWaiting();
});

function tell(words) {
  busy = false;
  waiting = [];
  const said = document.querySelector(".desk__said");
  said.textContent = words;
  said.classList.add("desk__said--refused");
}

for (const failure of ["htmx:sendError", "htmx:responseError"])
  document.addEventListener(failure, () => tell(form().dataset.failed));
