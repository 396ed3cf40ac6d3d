/** What a visitor chose for all films. A browser that forbids storage simply forgets. */

/** @param {string} name @returns {string | null} */
export function recall(name) {
  try {
    return localStorage.getItem(`player.${name}`);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
export function remember(name, value) {
  try {
    localStorage.setItem(`player.${name}`, value);
  } catch {
    // Private windows may refuse.
  }
}
