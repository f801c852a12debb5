/* Keys for the list of pairs: J and K move, X picks, A and R ask for a deed (a preview comes first), F finds similar
   pairs, Enter opens. By the place of a key, so that a Korean layout makes no difference. */

const rows = () => [...document.querySelectorAll("#result_list tbody tr")].filter((row) => row.querySelector(".action-select"));
const cursor = () => rows().findIndex((row) => row.classList.contains("row-cursor"));

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = Math.min(Math.max(cursor() + step, 0), all.length - 1);
  for (const row of all) row.classList.toggle("row-cursor", row === all[at]);
  all[at].querySelector(".action-select").focus({ preventScroll: true });
  all[at].scrollIntoView({ block: "nearest" });
}

function pick() {
  rows()[cursor()]?.querySelector(".action-select").click();
}

function ask(deed) {
  const form = document.querySelector("#changelist-form");
  if (!form.querySelector(".action-select:checked")) pick();
  if (!form.querySelector(".action-select:checked")) return;
  const action = form.querySelector("select[name=action]");
  action.value = deed;
  form.submit();
}

function similar() {
  const pair = rows()[cursor()]?.querySelector(".action-select").value;
  if (pair) location.search = `?similar_to=${pair}`;
}

function open() {
  rows()[cursor()]?.querySelector("th a, td a")?.click();
}

const KEYS = {
  KeyJ: () => move(1),
  KeyK: () => move(-1),
  KeyX: pick,
  KeyA: () => ask("approve"),
  KeyR: () => ask("reject"),
  KeyF: similar,
  Enter: open,
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=checkbox]), select, textarea, button, a");
  if (!document.querySelector("[data-list-keys]") || typing) return;
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.code]) return;
  event.preventDefault();
  KEYS[event.code]();
});
