/** A score form's fields as plain values, and back. */

const NOT_GIVEN = new Set(["csrf_token", "revision"]);

/** @param {HTMLFormElement} form @returns {Record<string, string>} */
export function valuesOf(form) {
  return Object.fromEntries([...new FormData(form)].filter(([name]) => !NOT_GIVEN.has(name)));
}

/** @param {HTMLFormElement} form @param {Record<string, string>} values */
export function fill(form, values) {
  for (const control of form.elements) {
    if (!control.name || NOT_GIVEN.has(control.name)) continue;
    const value = values[control.name];
    if (control.type === "radio") control.checked = control.value === value;
    else if (value !== undefined && control.value !== value) control.value = value;
  }
}

/** @param {Record<string, string>} some @param {Record<string, string>} other */
export function same(some, other) {
  const names = new Set([...Object.keys(some), ...Object.keys(other)]);
  // Browsers send line ends as they please.
  const plain = (text) => (text ?? "").replaceAll("\r\n", "\n").trim();
  return [...names].every((name) => plain(some[name]) === plain(other[name]));
}

/** @param {HTMLFormElement} form @param {Record<string, string>} values @returns {string[]} in words */
export function inWords(form, values) {
  return Object.entries(values)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${labelOf(form, name)}: ${value}`);
}

/** @param {HTMLFormElement} form @param {string} name */
function labelOf(form, name) {
  const control = form.querySelector(`[name="${name}"]`);
  const legend = control?.closest("fieldset")?.querySelector("legend");
  return (legend ?? form.querySelector(`label[for="${control?.id}"]`))?.firstChild.textContent.trim() ?? "";
}
