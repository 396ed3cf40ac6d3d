/**
 * What this device keeps for one account: never a name or a title, and nothing of it once they have
 * signed out here or somebody else has signed in. A browser that forbids storage keeps nothing.
 */

const PREFIX = "of.";
const account = document.documentElement.dataset.account ?? "";
const own = `${PREFIX}${account}.`;
const others = new BroadcastChannel("plural.device");
let isOver = account === "";

function keys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

/** @param {(key: string) => boolean} which */
function wipe(which) {
  for (const key of keys()) if (key.startsWith(PREFIX) && which(key)) localStorage.removeItem(key);
}

/** @param {string} name @returns {any} what was kept under this name, or null */
export function held(name) {
  try {
    return isOver ? null : JSON.parse(localStorage.getItem(own + name));
  } catch {
    return null;
  }
}

/** @param {string} name @param {unknown} value @returns {boolean} whether it is kept */
export function keep(name, value) {
  try {
    if (!isOver) localStorage.setItem(own + name, JSON.stringify(value));
    return !isOver;
  } catch {
    return false;
  }
}

/** @param {string} name */
export function forget(name) {
  try {
    localStorage.removeItem(own + name);
  } catch {
    // Then nothing was kept.
  }
}

/** @param {string} start @returns {string[]} names that begin so */
export function names(start) {
  const begins = keys().filter((key) => key.startsWith(own + start));
  return isOver ? [] : begins.map((key) => key.slice(own.length));
}

/** Hears of what another tab keeps or forgets under a name. @param {string} name */
export function onChangeElsewhere(name, hear) {
  window.addEventListener("storage", (event) => event.key === own + name && hear());
}

function end() {
  isOver = true;
  wipe(() => true);
}

if (account) wipe((key) => !key.startsWith(own));
others.addEventListener("message", end);
document.addEventListener("submit", (event) => {
  if (!new URL(event.target.action, location).pathname.endsWith("/account/sign-out")) return;
  end();
  others.postMessage("signed out");
});
