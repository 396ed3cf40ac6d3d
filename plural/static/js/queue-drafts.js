/** Says in the list of films what this device keeps and has not sent, and sends what may go. */

import { held, names } from "./device.js";
import { sendWaiting, waiting } from "./score-sending.js";

/** The film of a draft, if this list has it. @param {string} name @returns {HTMLLIElement | null} */
function line(name) {
  const film = document.querySelector(`.films a[href$="/jury/films/${name.slice("draft.".length)}"]`);
  if (!film) return null;
  const item = document.createElement("li");
  item.append(film.cloneNode(true));
  return item;
}

/** @param {HTMLElement} root */
function show(root) {
  const drafts = names("draft.");
  const lines = drafts.map((name) => line(name)).filter(Boolean);
  root.querySelector("[data-unsent-films]").replaceChildren(...lines);
  root.querySelector("[data-unsent-send]").hidden = waiting().length === 0;
  root.querySelector("[data-unsent-begun]").hidden = drafts.every((name) => held(name).wanted);
  root.hidden = lines.length === 0;
}

/** @param {HTMLElement} root */
async function send(root) {
  if (waiting().length === 0) return;
  const counts = await sendWaiting(waiting(), root.dataset.csrf);
  root.querySelector("[data-unsent-refused]").hidden = counts.refused === 0;
  if (counts.sent > 0) location.reload();
  else show(root);
}

const root = document.querySelector("[data-unsent-list]");
if (root) {
  show(root);
  root.querySelector("[data-unsent-send]").addEventListener("click", () => send(root));
  window.addEventListener("online", () => send(root));
  send(root);
}
