/**
 * The juror's desk: one film, its score, the notes. A score that has been kept opens the next film in
 * its place, with what was fetched ahead; without network it waits on the device.
 */

import { listenForKeys } from "./desk-keys.js";
import { startNotes } from "./film-notes.js";
import { startPlayers } from "./player.js";
import { preloadNext } from "./preload-next.js";
import { inMemory, keepBeside, textInMemory } from "./preloaded.js";
import { Draft } from "./score-draft.js";
import { sendForm, sendWaiting, waiting } from "./score-sending.js";
import { WatchedTime } from "./watched-time.js";

let leave = () => {};

/** @param {HTMLElement} desk */
function start(desk) {
  startNotes(desk);
  listenForKeys(desk);
  leave = preloadNext(desk);
  const form = desk.querySelector("[data-score]");
  if (form?.querySelector("[data-draft-note]")) startScoring(desk, form);
  if ("waiting" in desk.dataset && !location.hash) {
    desk.querySelector(".player-start")?.focus({ preventScroll: true });
  }
}

/** @param {HTMLFormElement} form @param {string} when */
function say(form, when) {
  const note = form.querySelector("[data-draft-note]");
  note.hidden = when === "";
  note.querySelectorAll("[data-when]").forEach((words) => (words.hidden = words.dataset.when !== when));
}

/** @param {HTMLElement} desk @param {HTMLFormElement} form */
function startScoring(desk, form) {
  const draft = new Draft(form, (when) => say(form, when));
  const video = desk.querySelector("video");
  const watched = video ? new WatchedTime(video, form) : null;
  let sending = false;
  let waits = false;

  const send = async () => {
    if (sending) return;
    sending = true;
    draft.save(true);
    watched?.tell();
    say(form, "sending");
    const outcome = await sendForm(form);
    sending = false;
    waits = outcome === "away";
    if (waits) {
      say(form, "offline");
      if (inMemory(desk.dataset.nextPage ?? "")) goOn(desk.dataset.nextPage);
    } else if (outcome === "refused") {
      // The portal's own page says why.
      form.submit();
    } else {
      draft.forget();
      say(form, "sent");
      goOn(outcome.next);
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  const sendAll = async () => {
    if (!form.isConnected) return;
    await sendOthers(form, draft.name);
    if (waits) send();
  };
  window.addEventListener("online", sendAll);
  sendOthers(form, draft.name);
}

/**
 * Sends what waits of other films, and says so while it does.
 * @param {HTMLFormElement} form @param {string} own the name of the draft of this film
 */
async function sendOthers(form, own) {
  const others = () => waiting().filter((name) => name !== own);
  if (others().length === 0) return;
  if (navigator.onLine) await sendWaiting(others(), form.elements.csrf_token.value);
  const note = form.querySelector("[data-waiting-note]");
  note.hidden = others().length === 0;
}

/** Opens a page in the place of this one. @param {string} address */
async function goOn(address) {
  const page = await read(address).catch(() => null);
  const main = page?.querySelector("main");
  if (!main?.querySelector("[data-desk]")) {
    location.assign(address);
    return;
  }
  leave();
  showPoster(main);
  document.title = page.title;
  document.querySelector("main").replaceWith(main);
  history.pushState({}, "", address);
  scrollTo(0, 0);
  startPlayers(main);
  start(main.querySelector("[data-desk]"));
  keepBeside(document.querySelector("[data-player] option[data-url]")?.dataset.url ?? address);
}

/** From the portal, or what was fetched ahead where it does not answer. @param {string} address */
async function read(address) {
  const answer = await fetch(address).catch(() => null);
  if (answer && (!answer.ok || answer.redirected)) return null;
  const text = await (answer ? answer.text() : textInMemory(address));
  return text ? new DOMParser().parseFromString(text, "text/html") : null;
}

/** The poster that was fetched ahead, before the page would ask for it. @param {Element} main */
function showPoster(main) {
  const video = main.querySelector("video");
  const address = video?.getAttribute("poster") ?? "";
  if (!inMemory(address)) return;
  video.dataset.poster = address;
  video.poster = inMemory(address);
}

window.addEventListener("popstate", () => location.reload());
start(document.querySelector("[data-desk]"));
