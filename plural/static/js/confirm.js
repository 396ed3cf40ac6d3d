/** Asks before a form with data-confirm is sent, in a dialog with the page's own words. */

const confirmed = new WeakSet();

/** @param {HTMLFormElement} form @param {HTMLButtonElement} submitter */
function ask(form, submitter) {
  const template = document.getElementById("confirm-dialog");
  const dialog = template.content.firstElementChild.cloneNode(true);
  const yes = dialog.querySelector("[data-yes]");
  dialog.querySelector("[data-question]").textContent = form.dataset.confirm;
  yes.textContent = submitter.textContent;
  yes.dataset.kind = submitter.dataset.kind;
  yes.addEventListener("click", () => {
    confirmed.add(form);
    dialog.close();
    form.requestSubmit(submitter);
  });
  dialog.querySelector("[data-no]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.confirm || confirmed.has(form)) return;
  event.preventDefault();
  ask(form, event.submitter ?? form.querySelector("button[type=submit]"));
});
