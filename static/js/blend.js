// The slider says what it stands at while it is dragged; htmx sends it when it comes to rest.
(() => {
  "use strict";

  const slider = document.getElementById("blend");
  const words = document.querySelector("[data-blend-name]");

  slider.addEventListener("input", () => {
    const name = slider.dataset.name.replace("{egen}", 100 - slider.value).replace("{teto}", slider.value);
    words.textContent = name;
    slider.setAttribute("aria-valuetext", name);
  });

  // Whoever moved it before the scripts were there is heard now; htmx listens from the same moment on.
  document.addEventListener("DOMContentLoaded", () => {
    if (slider.value === slider.defaultValue) return;
    for (const kind of ["input", "change"]) slider.dispatchEvent(new Event(kind, { bubbles: true }));
  });
})();
