/** Notes beside a film: their time comes from the player, a press on it goes there again. */

import { clock } from "./moments.js";
import { playerAt } from "./player.js";

class Notes {
  /** @param {HTMLElement} root @param {Element | null} player */
  constructor(root, player) {
    this.root = root;
    this.player = player;
    this.video = player?.querySelector("video");
    this.list = root.querySelector("[data-note-list]");
    this.form = root.querySelector("[data-note-form]");
    this.words = this.form.elements.words;
    this.list.querySelectorAll(".note").forEach((note) => this.improve(note));
    this.words.addEventListener("focus", () => this.takeTime());
    this.words.addEventListener("keydown", (event) => this.onKey(event));
    this.form.addEventListener("submit", (event) => this.onSubmit(event));
  }

  /** The time of the thought, not of its last letter. */
  takeTime() {
    if (this.video && !this.words.value) this.form.elements.at.value = clock(this.video.currentTime);
  }

  onKey(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  /** Makes the time of a note a button. @param {HTMLElement} note */
  improve(note) {
    const time = note.querySelector(".note-at");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "note-at";
    button.replaceChildren(...time.childNodes);
    button.addEventListener("click", () => playerAt(this.player)?.seek(Number(note.dataset.at)));
    time.replaceWith(button);
  }

  async onSubmit(event) {
    if (!this.words.value.trim()) return;
    event.preventDefault();
    const problem = this.root.querySelector("[data-note-problem]");
    const written = await this.send().catch(() => null);
    problem.hidden = written !== null;
    if (written === null) return;
    this.show(written);
    this.words.value = "";
    this.video?.focus();
  }

  async send() {
    const answer = await fetch(this.form.action, {
      method: "POST",
      body: new FormData(this.form),
      headers: { Accept: "application/json" },
    });
    if (!answer.ok || answer.redirected) throw new Error(`answered ${answer.status}`);
    return answer.json();
  }

  /** @param {{ at_s: number, words: string, removal: string }} written */
  show(written) {
    const template = this.root.querySelector("[data-note-template]");
    const note = template.content.firstElementChild.cloneNode(true);
    const time = note.querySelector("time");
    note.dataset.at = written.at_s;
    time.dateTime = `PT${Math.round(written.at_s)}S`;
    time.textContent = clock(written.at_s);
    note.querySelector(".note-words").textContent = written.words;
    note.querySelector("form").action = written.removal;
    this.improve(note);
    const later = [...this.list.children].find((one) => Number(one.dataset.at) > written.at_s);
    this.list.insertBefore(note, later ?? null);
    this.list.hidden = false;
  }
}

/** @param {HTMLElement} desk */
export function startNotes(desk) {
  const root = desk.querySelector("[data-notes]");
  if (root) new Notes(root, desk.querySelector("[data-player]"));
}
