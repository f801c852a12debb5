// What is typed and not yet sent survives a reload: it is kept in this tab, by conversation, until it stands in the log.
(() => {
  "use strict";

  const composer = document.getElementById("composer");
  const field = document.getElementById("message");
  const edits = document.getElementById("edits");
  const key = `draft ${composer.dataset.conversation}`;

  // Storage may be forbidden, or full: then a reload costs the draft, and nothing else.
  const attempt = (work) => {
    try {
      return work();
    } catch {
      return null;
    }
  };

  const keep = () => {
    const draft = {
      text: field.value,
      edits: edits.disabled ? "" : edits.value,
      turn: composer.elements.turn.value, // the name under which it may be on its way already
    };
    attempt(() => (draft.text ? sessionStorage.setItem(key, JSON.stringify(draft)) : sessionStorage.removeItem(key)));
  };

  const restore = () => {
    const draft = attempt(() => JSON.parse(sessionStorage.getItem(key)));
    if (!draft || field.value || document.getElementById(`turn-${draft.turn}`)) return;
    if (draft.edits) document.querySelector(`[data-edit="${CSS.escape(draft.edits)}"]`)?.click();
    field.value = draft.text;
    field.dispatchEvent(new Event("input"));
  };

  restore();
  field.addEventListener("input", keep);
  composer.addEventListener("submit", keep);
  composer.addEventListener("chat:arrived", keep);
})();
