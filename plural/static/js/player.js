/**
 * Improves [data-player]: nothing is fetched before the film is started; quality, speed and saving
 * data are offered and remembered; captions follow the language of the page. A player with
 * data-memory goes on where its viewer was.
 */

import { loadScript } from "./load-script.js";
import { clock } from "./moments.js";
import { Captions } from "./player-captions.js";
import { recall, remember } from "./player-memory.js";
import { Position } from "./player-position.js";
import { inMemory } from "./preloaded.js";
import { keepToWhatIsAtHand, optionsFor } from "./stream-from-memory.js";

const SLOW = new Set(["slow-2g", "2g", "3g"]);
const HLS_TYPE = "application/vnd.apple.mpegurl";
/** The AV1 rungs at the level of 1080p, with Opus. */
const MODERN_TYPE = 'video/mp4; codecs="av01.0.08M.08, opus"';
const SEEK_S = 5;

function wantsToSaveData() {
  const chosen = recall("save-data");
  if (chosen !== null) return chosen === "yes";
  const link = navigator.connection;
  return Boolean(link?.saveData || SLOW.has(link?.effectiveType));
}

class Player {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.video = root.querySelector("video");
    this.quality = root.querySelector("[data-player-quality]");
    this.speed = root.querySelector("[data-player-speed]");
    this.saveData = root.querySelector("[data-player-save-data]");
    this.films = [...this.quality.options].filter((option) => option.dataset.url);
    this.captions = new Captions(this.video);
    this.position = root.dataset.memory ? new Position(this.video, root.dataset.memory) : null;
    this.started = false;
    this.hls = null;
    this.modernFailed = false;
    this.setUp();
  }

  setUp() {
    this.startButton = this.makeStartButton();
    this.video.controls = false;
    this.video.querySelectorAll("source").forEach((source) => source.remove());
    this.video.after(this.startButton);
    this.video.addEventListener("error", () => this.onError());
    // Before the browser's own controls hear of a key: they would move a little further on arrows.
    this.video.parentElement.addEventListener("keydown", (event) => this.onKey(event), true);
    this.quality.addEventListener("change", () => this.onQuality());
    this.saveData.addEventListener("change", () => this.onSaveData());
    this.speed.addEventListener("change", () => this.applySpeed());
    this.saveData.checked = wantsToSaveData();
    this.quality.value = this.usualQuality();
    this.root.querySelector("[data-player-bar]").hidden = false;
  }

  makeStartButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "player-start";
    const from = this.position?.second ? clock(this.position.second) : "";
    const words = [`${this.root.dataset.play}: ${this.video.getAttribute("aria-label")}`, from];
    button.setAttribute("aria-label", words.filter(Boolean).join(", "));
    if (from) button.append(this.makeResume(from));
    button.addEventListener("click", () => this.start());
    return button;
  }

  /** @param {string} from */
  makeResume(from) {
    const resume = document.createElement("span");
    resume.className = "player-resume";
    resume.textContent = from;
    return resume;
  }

  /** @returns {string} value of the quality that fits what the visitor wants */
  usualQuality() {
    if (this.saveData.checked) return this.films[0].value;
    if (this.root.dataset.hls) return "auto";
    return this.plainFilm().value;
  }

  plainFilm() {
    return this.films.find((film) => "usual" in film.dataset);
  }

  /** Plays from a second of the film, the first one where nothing else is said. */
  async start(second = this.position?.second ?? 0) {
    this.started = true;
    this.startButton.remove();
    this.video.controls = true;
    this.video.focus();
    if (second) this.seekOnceLoaded(second);
    await this.attach();
    await this.play();
  }

  /** @param {number} second */
  seekOnceLoaded(second) {
    const seek = () => (this.video.currentTime = Math.min(second, this.video.duration - 1));
    this.video.addEventListener("loadedmetadata", seek, { once: true });
  }

  /** Goes to a second of the film, also before it has been started. @param {number} second */
  seek(second) {
    if (this.started) this.video.currentTime = second;
    else this.start(second);
  }

  /** A browser may want another touch of its own controls before it plays. */
  async play() {
    this.applySpeed();
    await this.video.play().catch(() => {});
  }

  applySpeed() {
    this.video.defaultPlaybackRate = Number(this.speed.value);
    this.video.playbackRate = Number(this.speed.value);
  }

  async attach() {
    this.detach();
    const { url } = this.quality.selectedOptions[0].dataset;
    if (url) this.video.src = inMemory(url) ?? this.modernUrl() ?? url;
    else if (this.streamsByItself()) this.video.src = this.root.dataset.hls;
    else await this.attachHls().catch(() => this.fallBack());
  }

  /** The browser's own streaming cannot be given what this tab has in its memory. */
  streamsByItself() {
    return this.video.canPlayType(HLS_TYPE) && !inMemory(this.root.dataset.hls);
  }

  /** The smaller file of the chosen quality, where this browser says that it plays it and it did not fail. */
  modernUrl() {
    const plays = !this.modernFailed && this.video.canPlayType(MODERN_TYPE) === "probably";
    return plays ? this.quality.selectedOptions[0].dataset.modernUrl : undefined;
  }

  async attachHls() {
    await loadScript(this.root.dataset.hlsJs);
    const { Hls } = window;
    if (!Hls.isSupported()) throw new Error("no media source extensions");
    const captions = { enableWebVTT: false, enableIMSC1: false, enableCEA708Captions: false };
    this.hls = new Hls({ ...captions, ...optionsFor(Hls, this.root.dataset.hls) });
    if (inMemory(this.root.dataset.hls)) keepToWhatIsAtHand(this.hls);
    this.hls.on(Hls.Events.ERROR, (_event, data) => data.fatal && this.fallBack());
    this.hls.loadSource(this.root.dataset.hls);
    this.hls.attachMedia(this.video);
  }

  detach() {
    this.hls?.destroy();
    this.hls = null;
  }

  /** Where streaming fails, the plain file still plays. */
  fallBack() {
    this.quality.querySelector("[value=auto]").disabled = true;
    const held = this.films.find((film) => inMemory(film.dataset.url));
    this.quality.value = (held ?? this.plainFilm()).value;
    return this.change(false);
  }

  /** Changes the source and goes on at the same second. @param {boolean} paused */
  async change(paused) {
    if (!this.started) return;
    const { currentTime } = this.video;
    this.seekOnceLoaded(currentTime);
    await this.attach();
    if (paused) this.video.preload = "metadata";
    else await this.play();
  }

  onQuality() {
    this.saveData.checked = this.quality.value === this.films[0].value;
    remember("save-data", this.saveData.checked ? "yes" : "no");
    this.change(this.video.paused);
  }

  onSaveData() {
    remember("save-data", this.saveData.checked ? "yes" : "no");
    this.quality.value = this.usualQuality();
    this.change(this.video.paused);
  }

  onError() {
    if (this.quality.value === "auto") this.fallBack();
    else if (this.modernUrl()) {
      this.modernFailed = true;
      this.change(false);
    } else this.root.querySelector("[data-player-problem]").hidden = false;
  }

  toggle() {
    if (this.video.paused) this.play();
    else this.video.pause();
  }

  /** Telephones of one maker know full screen for the video alone. */
  toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else (this.video.requestFullscreen ?? this.video.webkitEnterFullscreen).call(this.video);
  }

  /** The space bar is the browser's own. @param {string} key @returns {(() => void) | undefined} */
  deedOf(key) {
    const deeds = {
      k: () => this.toggle(),
      ArrowLeft: () => (this.video.currentTime -= SEEK_S),
      ArrowRight: () => (this.video.currentTime += SEEK_S),
      m: () => (this.video.muted = !this.video.muted),
      c: () => this.captions.toggle(),
      f: () => this.toggleFullScreen(),
    };
    return deeds[key];
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const deed = this.deedOf(event.key);
    if (!this.started || !deed || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }
}

const players = new WeakMap();

/** @param {Element} root @returns {Player | undefined} the player at this element */
export function playerAt(root) {
  return players.get(root);
}

/** Improves every player of a part of the page that has just come. @param {ParentNode} part */
export function startPlayers(part) {
  for (const root of part.querySelectorAll("[data-player]")) players.set(root, new Player(root));
}

startPlayers(document);
