/**
 * A score that has not been sent, kept on the device with each key press under the account and the
 * assignment. All tabs of a device that show the same state of the score write on one draft. Words
 * of another state stay beside it until their juror has chosen: no tab overwrites them in silence,
 * least of all one that is behind.
 */

import { held, keep, onChangeElsewhere } from "./device.js";
import { fill, inWords, same, valuesOf } from "./score-form.js";
import { settle } from "./score-sending.js";

/**
 * @typedef {{ revision: number, values: Record<string, string>, wanted: boolean, address: string,
 *   other?: Kept }} Kept
 */

/** @param {Kept} kept @returns {Kept} without what lies beside it */
function alone(kept) {
  return { ...kept, other: undefined };
}

export class Draft {
  /** @param {HTMLFormElement} form @param {(when: string) => void} say */
  constructor(form, say) {
    this.form = form;
    this.say = say;
    this.name = `draft.${form.dataset.score}`;
    this.revision = Number(form.elements.revision.value);
    this.isBehind = false;
    this.offered = null;
    this.panel = form.querySelector("[data-draft-other]");
    this.panel.querySelector("[data-draft-use]").addEventListener("click", () => this.use());
    this.panel.querySelector("[data-draft-drop]").addEventListener("click", () => this.drop());
    this.restore();
    form.addEventListener("input", () => this.save());
    onChangeElsewhere(this.name, () => this.follow());
    document.addEventListener("visibilitychange", () => !document.hidden && form.isConnected && this.follow());
  }

  /** @param {boolean} wanted whether the juror has asked for it to be sent */
  save(wanted = false) {
    const kept = held(this.name);
    if (this.isNewer(kept)) {
      this.isBehind = true;
      this.put({ ...kept, other: this.own() });
    } else this.put({ ...this.own(wanted), other: this.beside(kept) });
  }

  /** @returns {Kept} what the form says */
  own(wanted = false) {
    const { revision, form } = this;
    return { revision, values: valuesOf(form), wanted, address: new URL(form.action).pathname };
  }

  /** @param {Kept} draft */
  put(draft) {
    if (keep(this.name, draft)) this.say(this.isBehind ? "elsewhere" : "kept");
    else this.say("forgetful");
  }

  /** @param {Kept | null} kept @returns {Kept | undefined} what is on the device and not in the form */
  beside(kept) {
    if (kept === null) return undefined;
    return this.isOlder(kept) && !this.says(kept) ? alone(kept) : kept.other;
  }

  /** @param {Kept | null} kept */
  isNewer(kept) {
    return kept !== null && Number(kept.revision) > this.revision;
  }

  /** @param {Kept} kept */
  isOlder(kept) {
    return Number(kept.revision) < this.revision;
  }

  /** @param {Kept} kept */
  says(kept) {
    return same(kept.values, valuesOf(this.form));
  }

  /** What this form says has reached the festival. */
  forget() {
    const kept = held(this.name);
    if (this.isNewer(kept)) keep(this.name, alone(kept));
    else settle(this.name);
  }

  restore() {
    const kept = held(this.name);
    if ("unsent" in this.form.dataset) this.goOnUnsent(kept);
    else if (kept === null) this.say("");
    else if (this.isNewer(kept)) this.fallBehind();
    else if (this.isOlder(kept) && !this.says(kept)) this.offer(kept);
    else this.goOn(kept);
  }

  /** The form says what was refused; what else there is of this score stays beside it. */
  goOnUnsent(kept) {
    if (kept === null || this.isNewer(kept) || this.says(kept)) this.save();
    else this.put({ ...this.own(), other: alone(kept) });
    this.offer(held(this.name)?.other);
  }

  /** @param {Kept} kept of the same state of the score */
  goOn(kept) {
    if (this.says(kept)) this.forget();
    else this.take(kept);
    this.offer(kept.other);
  }

  take(kept) {
    fill(this.form, kept.values);
    this.say("kept");
  }

  /** Another tab has written on the draft, or has sent it. */
  follow() {
    const kept = held(this.name);
    if (kept === null ? this.isKept() : this.isNewer(kept)) this.fallBehind();
    else if (Number(kept?.revision) === this.revision && !this.says(kept)) {
      this.take(kept);
      this.offer(kept.other);
    }
  }

  fallBehind() {
    this.isBehind = true;
    this.say("elsewhere");
  }

  isKept() {
    return this.form.querySelector('[data-when="kept"]').hidden === false;
  }

  /** Shows what else is on the device beside what the form says. @param {Kept | undefined} other */
  offer(other) {
    if (!other || this.says(other)) return;
    const lines = inWords(this.form, other.values).map((words) => {
      const line = document.createElement("li");
      line.dir = "auto";
      line.textContent = words;
      return line;
    });
    this.offered = other;
    this.panel.querySelector("[data-draft-values]").replaceChildren(...lines);
    this.panel.hidden = false;
  }

  use() {
    fill(this.form, this.offered.values);
    this.drop();
    this.save();
  }

  drop() {
    const kept = held(this.name);
    this.panel.hidden = true;
    if (kept === null) return;
    if (this.isOlder(kept)) settle(this.name);
    else keep(this.name, alone(kept));
  }
}
