/**
 * A score that has not been sent, kept on the device with each key press under the account and the
 * assignment. All tabs of a device write on one draft; what the festival has got meanwhile is shown
 * beside it and never overwritten in silence.
 */

import { forget, held, keep, onChangeElsewhere } from "./device.js";
import { fill, inWords, same, valuesOf } from "./score-form.js";

export class Draft {
  /** @param {HTMLFormElement} form @param {(when: string) => void} say */
  constructor(form, say) {
    this.form = form;
    this.say = say;
    this.name = `draft.${form.dataset.score}`;
    this.revision = form.elements.revision.value;
    this.restore();
    form.addEventListener("input", () => this.save());
    onChangeElsewhere(this.name, () => this.follow());
    document.addEventListener("visibilitychange", () => !document.hidden && form.isConnected && this.follow());
  }

  /** @param {boolean} wanted whether the juror has asked for it to be sent */
  save(wanted = false) {
    const { name, revision, form } = this;
    const draft = { revision, values: valuesOf(form), wanted, address: new URL(form.action).pathname };
    this.say(keep(name, draft) ? "kept" : "forgetful");
  }

  forget() {
    forget(this.name);
  }

  restore() {
    const kept = held(this.name);
    if ("unsent" in this.form.dataset) this.save();
    else if (kept === null) this.say("");
    else if (same(kept.values, valuesOf(this.form))) this.forget();
    else if (kept.revision === this.revision) this.take(kept);
    else this.offer(kept);
  }

  take(kept) {
    fill(this.form, kept.values);
    this.say("kept");
  }

  /** Another tab has written on the draft, or has sent it. */
  follow() {
    const kept = held(this.name);
    if (kept === null && this.isKept()) this.say("elsewhere");
    else if (kept?.revision === this.revision && !same(kept.values, valuesOf(this.form))) this.take(kept);
  }

  isKept() {
    return this.form.querySelector('[data-when="kept"]').hidden === false;
  }

  /** Shows what is on the device beside what the festival has. */
  offer(kept) {
    const panel = this.form.querySelector("[data-draft-other]");
    const lines = inWords(this.form, kept.values).map((words) => {
      const line = document.createElement("li");
      line.dir = "auto";
      line.textContent = words;
      return line;
    });
    panel.querySelector("[data-draft-values]").replaceChildren(...lines);
    panel.hidden = false;
    panel.querySelector("[data-draft-use]").addEventListener("click", () => {
      panel.hidden = true;
      fill(this.form, kept.values);
      this.save();
    });
    panel.querySelector("[data-draft-drop]").addEventListener("click", () => {
      panel.hidden = true;
      this.forget();
    });
  }
}
