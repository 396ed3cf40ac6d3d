/**
 * Fetches the next film's page, its poster and what its player will ask for first ahead, politely:
 * only once the film that plays needs the link no more, and never where somebody saves data or the
 * link is slow. Of a film that streams that is its small rendition, which then plays from memory.
 */

import { loadScript } from "./load-script.js";
import { recall } from "./player-memory.js";
import { inMemory, putInMemory } from "./preloaded.js";

const SLOW = new Set(["slow-2g", "2g", "3g"]);
const PAUSED_MS = 20_000;

function mayFetch() {
  const link = navigator.connection;
  const saves = link?.saveData || SLOW.has(link?.effectiveType);
  return !saves && recall("save-data") !== "yes" && navigator.onLine;
}

/** @param {HTMLVideoElement} video @returns {boolean} whether it has been loaded to its end */
function isLoaded(video) {
  const { buffered, duration } = video;
  return buffered.length > 0 && buffered.end(buffered.length - 1) >= duration - 0.5;
}

/** @param {string} address */
async function fetchAhead(address) {
  if (inMemory(address)) return;
  const answer = await fetch(address, { priority: "low" });
  const beganAt = performance.now();
  if (answer.ok) await putInMemory(address, await answer.blob(), Math.max(1, performance.now() - beganAt));
}

/**
 * What of a film a player can take from memory: the browser's own streaming asks for all by itself.
 * @param {string[]} film @param {HTMLElement} player @returns {Promise<string[]>}
 */
async function usable(film, player) {
  if (film.length === 1) return film;
  await loadScript(player.dataset.hlsJs);
  return window.Hls.isSupported() ? film : [];
}

/** @param {HTMLElement} desk @returns {() => void} stops waiting for a good moment */
export function preloadNext(desk) {
  const { nextPage, nextPoster, nextFilm } = desk.dataset;
  const video = desk.querySelector("video");
  if (!nextFilm || !video) return () => {};
  const over = new AbortController();
  let timer;

  const fetchAll = async () => {
    if (!mayFetch() || over.signal.aborted) return;
    over.abort();
    clearTimeout(timer);
    // One after the other, the smallest first. What fails now is fetched when it is wanted.
    for (const address of [nextPage, nextPoster]) await fetchAhead(address).catch(() => {});
    const film = await usable(nextFilm.split(" "), desk.querySelector("[data-player]")).catch(() => []);
    for (const address of film) await fetchAhead(address).catch(() => {});
  };
  const listen = (name, hear) => video.addEventListener(name, hear, { signal: over.signal });
  listen("ended", fetchAll);
  listen("progress", () => isLoaded(video) && fetchAll());
  listen("pause", () => (timer = setTimeout(fetchAll, PAUSED_MS)));
  listen("play", () => clearTimeout(timer));
  return () => {
    over.abort();
    clearTimeout(timer);
  };
}
