/* The desk's keys. A key presses the button that bears it, so that what the legend shows is what happens.

   Keys go by their place on the keyboard: with a Korean layout "A" types "ㅁ", and still approves. While a deed is on
   its way keys do nothing: nobody decides on a pair they haven't seen yet. */

const form = () => document.querySelector("[data-desk]");
let busy = false;

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
  if (!form() || busy || event.repeat) return;
  if (event.target.matches("[data-write]")) {
    // Escape while a syllable is being composed belongs to the input method.
    if (event.isComposing) return;
    if (event.code === "Escape") cancel();
    if (event.code === "Enter" && (event.ctrlKey || event.metaKey)) form().querySelector("[data-save]").click();
    return;
  }
  if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const button = form().querySelector(`[data-key="${event.code}"]`);
  if (!button || button.closest("[hidden]")) return;
  event.preventDefault();
  button.click();
});

document.addEventListener("htmx:beforeRequest", () => {
  busy = true;
});
document.addEventListener("htmx:afterSettle", () => {
  busy = false;
});

function tell(words) {
  busy = false;
  const said = document.querySelector(".desk__said");
  said.textContent = words;
  said.classList.add("desk__said--refused");
}

for (const failure of ["htmx:sendError", "htmx:responseError"])
  document.addEventListener(failure, () => tell(form().dataset.failed));
