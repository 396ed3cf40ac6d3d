/**
 * Keeps [data-status-url] sections up to date.
 *
 * The JSON's key paths are matched with data-field: a progress or meter gets a value, a list fills
 * a ul or ol, anything else becomes text; nothing to say hides the element. A new `etag` means that
 * the page offers something else now, so it is loaded again. `final: true` ends the polling.
 */

import { bytes, duration, percent } from "./format.js";

const FORMATS = { bytes, duration, percent };
const FIRST_DELAY_MS = 2000;
const LONGEST_DELAY_MS = 30000;
const OVER = new Set([401, 403, 404, 410]);

/** @param {object} answer @param {string} path such as "film.percent" */
function lookUp(answer, path) {
  return path.split(".").reduce((value, key) => value?.[key], answer);
}

/** @param {HTMLElement} list @param {string[]} lines */
function fillList(list, lines) {
  const items = lines.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  });
  list.replaceChildren(...items);
}

/** @param {HTMLElement} element @param {any} value */
function show(element, value) {
  const nothing = value === null || value === "" || (Array.isArray(value) && value.length === 0);
  element.hidden = nothing;
  if (nothing) return;
  if (element.matches("progress, meter")) element.value = value;
  else if (Array.isArray(value)) fillList(element, value);
  else element.textContent = FORMATS[element.dataset.format]?.(value) ?? String(value);
}

/** @param {HTMLElement} section @param {object} answer */
function update(section, answer) {
  for (const element of section.querySelectorAll("[data-field]")) {
    const value = lookUp(answer, element.dataset.field);
    if (value !== undefined) show(element, value);
  }
}

/** @param {HTMLElement} section */
function follow(section) {
  let delayMs = FIRST_DELAY_MS;
  let lastText = "";
  let timer = 0;

  function later() {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(poll, delayMs);
  }

  /** @param {Response} response @returns {Promise<boolean>} whether more can follow */
  async function take(response) {
    const text = await response.text();
    delayMs = text === lastText ? Math.min(delayMs * 1.5, LONGEST_DELAY_MS) : FIRST_DELAY_MS;
    lastText = text;
    const answer = JSON.parse(text);
    if (answer.etag !== section.dataset.statusEtag) {
      location.reload();
      return false;
    }
    update(section, answer);
    return !answer.final;
  }

  async function poll() {
    let more = true;
    try {
      const response = await fetch(section.dataset.statusUrl, { cache: "no-store" });
      if (response.ok) more = await take(response);
      else more = !OVER.has(response.status);
      if (!response.ok) delayMs = LONGEST_DELAY_MS;
    } catch {
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
    }
    if (more) later();
    else document.removeEventListener("visibilitychange", onVisibility);
  }

  function onVisibility() {
    clearTimeout(timer);
    if (!document.hidden) poll();
  }

  document.addEventListener("visibilitychange", onVisibility);
  later();
}

document.querySelectorAll("[data-status-url]").forEach(follow);
