/** Captions: as chosen before, else those in the language of the page, else the film's default. */

import { recall, remember } from "./player-memory.js";

const OFF = "off";

export class Captions {
  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.tracks = video.textTracks;
    this.choose();
    this.last = this.state();
    this.tracks.addEventListener("change", () => this.onChange());
  }

  /** Remembers what the visitor changed, not what was chosen for them. */
  onChange() {
    if (this.state() === this.last) return;
    this.last = this.state();
    remember("captions", this.last);
  }

  state() {
    return this.shown()?.language ?? OFF;
  }

  /** @param {string} language @returns {TextTrack | undefined} */
  find(language) {
    const tracks = [...this.tracks];
    const exact = tracks.find((track) => track.language === language);
    return exact ?? tracks.find((track) => track.language.split("-")[0] === language);
  }

  shown() {
    return [...this.tracks].find((track) => track.mode === "showing");
  }

  choose() {
    const chosen = recall("captions");
    if (chosen === OFF) this.show(undefined);
    const wanted = this.find(chosen) ?? this.find(document.documentElement.lang);
    if (chosen !== OFF && wanted) this.show(wanted);
  }

  /** @param {TextTrack | undefined} wanted */
  show(wanted) {
    for (const track of this.tracks) track.mode = track === wanted ? "showing" : "disabled";
  }

  toggle() {
    const next = this.find(document.documentElement.lang) ?? this.tracks[0];
    this.show(this.shown() ? undefined : next);
  }
}
