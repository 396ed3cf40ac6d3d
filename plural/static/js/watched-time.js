/**
 * Tells the festival how much of a film was played: seconds of the film, so that whoever watches at
 * another speed has watched all of it. What is played twice counts twice. It goes when the film starts
 * and halts, when the page is left and with the score; what could not be sent stays on the device.
 */

import { forget, held, keep, names } from "./device.js";

const PREFIX = "watched.";
const EVERY_S = 5;
/** The film is not this juror's any more, or the round is over. */
const IN_VAIN = new Set([404, 409]);

/**
 * @param {string} name under which the device keeps it @param {{ seconds: number, address: string }} report
 * @param {string} token the form token of this page
 * @returns {Promise<number>} how much the festival knows of now, 0 where it did not answer
 */
async function send(name, report, token) {
  const body = new FormData();
  body.set("seconds", report.seconds);
  body.set("csrf_token", token);
  const headers = { Accept: "application/json" };
  const answer = await fetch(report.address, { method: "POST", body, headers, keepalive: true }).catch(() => null);
  if (IN_VAIN.has(answer?.status)) forget(name);
  const isJson = answer?.headers.get("Content-Type")?.startsWith("application/json");
  if (!answer?.ok || !isJson) return 0;
  if (held(name)?.seconds === report.seconds) forget(name);
  return (await answer.json()).watched_s;
}

export class WatchedTime {
  /** @param {HTMLVideoElement} video @param {HTMLFormElement} form of the score */
  constructor(video, form) {
    this.video = video;
    this.form = form;
    this.name = PREFIX + form.dataset.score;
    this.address = new URL("watched", form.action).pathname;
    this.seconds = held(this.name)?.seconds ?? 0;
    this.kept = this.seconds;
    this.told = 0;
    this.at = video.currentTime;
    video.addEventListener("seeking", () => (this.at = video.currentTime));
    video.addEventListener("timeupdate", () => this.onTime());
    video.addEventListener("play", () => this.tell());
    video.addEventListener("pause", () => this.tellNews());
    document.addEventListener("visibilitychange", () => document.hidden && this.tellNews());
    window.addEventListener("online", () => form.isConnected && this.tellWaiting());
    this.tellWaiting();
  }

  onTime() {
    const { currentTime, seeking } = this.video;
    if (!seeking) this.seconds += Math.max(currentTime - this.at, 0);
    this.at = currentTime;
    if (this.seconds - this.kept >= EVERY_S) this.keep();
  }

  /** @returns {{ seconds: number, address: string }} what the device now keeps, if it may */
  keep() {
    const report = { seconds: this.seconds, address: this.address };
    this.kept = this.seconds;
    keep(this.name, report);
    return report;
  }

  /** What was played on another device is known by the first answer, and counting goes on from there. */
  async tell() {
    this.told = this.seconds;
    const known = await send(this.name, this.keep(), this.form.elements.csrf_token.value);
    this.seconds = Math.max(this.seconds, known);
  }

  tellNews() {
    if (this.seconds > this.told) this.tell();
  }

  /** What waits on the device, of this film and of others. */
  async tellWaiting() {
    for (const name of names(PREFIX)) {
      const report = held(name);
      if (report) await send(name, report, this.form.elements.csrf_token.value);
    }
  }
}
