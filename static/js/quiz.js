/* Says so when an answer did not reach the server; the next one that does takes the words back. */

function sayOffline(isOffline) {
  // Looked up each time: the browser's back button brings a new body.
  document.querySelector("[data-offline]").hidden = !isOffline;
}

for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, () => sayOffline(true));
}
document.addEventListener("htmx:afterSwap", () => sayOffline(false));
