/** @type {Map<string, Promise<void>>} */
const loaded = new Map();

/** @param {string} address a classic script of this site @returns {Promise<void>} once it has run */
export function loadScript(address) {
  if (!loaded.has(address)) loaded.set(address, load(address));
  loaded.get(address).catch(() => loaded.delete(address));
  return loaded.get(address);
}

/** @param {string} address @returns {Promise<void>} */
function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`could not load ${address}`));
    document.head.append(script);
  });
}
