/** How far into a film its viewer was, kept on the device for their account alone. */

import { forget, held, keep } from "./device.js";

const BEGINNING_S = 5;
const EVERY_S = 5;

/** Goes on where the viewer was, and remembers where they are. */
export class Position {
  /** @param {HTMLVideoElement} video @param {string} film */
  constructor(video, film) {
    this.video = video;
    this.name = `position.${film}`;
    this.second = held(this.name) ?? 0;
    this.kept = this.second;
    video.addEventListener("timeupdate", () => this.onTime());
    video.addEventListener("pause", () => this.remember());
    video.addEventListener("ended", () => forget(this.name));
  }

  onTime() {
    if (Math.abs(this.video.currentTime - this.kept) >= EVERY_S) this.remember();
  }

  remember() {
    const second = this.video.currentTime;
    if (second < BEGINNING_S || this.video.ended) return;
    this.kept = Math.floor(second);
    keep(this.name, this.kept);
  }
}
