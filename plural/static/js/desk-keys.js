/**
 * Scoring by keyboard. Keys work where they are meant only, so that nobody meets them by accident:
 * digits in a criterion, letters in the player, Ctrl and Enter in the form.
 */

const OWN_WORDS = "textarea, select, input:not([type=radio], [type=checkbox])";

/** @param {HTMLFormElement} form @param {KeyboardEvent} event */
function onFormKey(form, event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  const criterion = event.target.closest("[data-criterion]");
  if (!criterion || event.target.matches(OWN_WORDS)) return;
  const choice = choiceOf(criterion, event.key);
  if (!choice || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  choose(choice);
  next(form, criterion)?.focus();
}

/** 0 stands for ten, and - for what does not apply. @param {Element} criterion @param {string} key */
function choiceOf(criterion, key) {
  const choices = [...criterion.querySelectorAll("input[type=radio]")];
  const wanted = key === "-" ? [""] : key === "0" ? ["0", "10"] : [key];
  return choices.find((choice) => wanted.includes(choice.value) && /^[0-9-]$/.test(key));
}

/** @param {HTMLInputElement} choice */
function choose(choice) {
  choice.checked = true;
  choice.dispatchEvent(new Event("input", { bubbles: true }));
  choice.dispatchEvent(new Event("change", { bubbles: true }));
}

/** The next criterion, or what comes after the last. @param {HTMLFormElement} form @param {Element} criterion */
function next(form, criterion) {
  const all = [...form.querySelectorAll("[data-criterion]")];
  const following = all[all.indexOf(criterion) + 1];
  return following ? choiceAt(following) : form.querySelector("textarea, [type=submit]");
}

/** @param {Element} criterion */
function choiceAt(criterion) {
  return criterion.querySelector("input:checked") ?? criterion.querySelector("input[type=radio]");
}

/** @param {HTMLFormElement} form */
function firstField(form) {
  const criterion = form.querySelector("[data-criterion]");
  return criterion ? choiceAt(criterion) : form.querySelector("input:not([type=hidden]), textarea");
}

/** @param {HTMLElement} desk */
export function listenForKeys(desk) {
  const form = desk.querySelector("[data-score]");
  form?.addEventListener("keydown", (event) => onFormKey(form, event));
  desk.querySelector(".player-screen")?.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const targets = {
      s: () => form && firstField(form),
      n: () => desk.querySelector("[data-note-form] textarea"),
    };
    const target = targets[event.key.toLowerCase()]?.();
    if (!target) return;
    event.preventDefault();
    target.focus();
  });
}
