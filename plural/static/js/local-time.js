/** Puts the visitor's own time before the festival's, wherever the two zones differ. */

import { fromNow, locale } from "./format.js";

/** @param {Date} at @returns {string} the visitor's offset at that instant, as "+03:00" */
function ownOffset(at) {
  const minutes = -at.getTimezoneOffset();
  const two = (number) => String(Math.trunc(Math.abs(number))).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** @param {HTMLElement} instant @param {HTMLTimeElement} time @param {Date} at */
function showOwnTime(instant, time, at) {
  const dateStyle = "brief" in instant.dataset ? "medium" : "long";
  const zone = instant.querySelector(".instant-zone");
  const festival = document.createElement("span");
  festival.className = "instant-also";
  festival.textContent = `(${time.textContent} · ${zone.textContent})`;
  time.textContent = new Intl.DateTimeFormat(locale, { dateStyle, timeStyle: "short" }).format(at);
  zone.textContent = instant.dataset.yours;
  instant.append(" ", festival);
}

/** @param {HTMLElement} instant @param {Date} at */
function showDistance(instant, at) {
  const distance = document.createElement("strong");
  distance.className = "instant-distance";
  distance.textContent = fromNow(at);
  instant.querySelector(".instant-zone").after(" · ", distance);
}

for (const instant of document.querySelectorAll(".instant")) {
  const time = instant.querySelector("time");
  const at = new Date(time.dateTime);
  if (ownOffset(at) !== instant.dataset.offset) showOwnTime(instant, time, at);
  if ("relative" in instant.dataset) showDistance(instant, at);
}
