/**
 * What a tab has fetched ahead, in its own memory: never on the disk of a computer that others use,
 * and gone with the tab.
 */

/**
 * @typedef {{ bytes: Blob, address: string, tookMs: number }} Fetched
 * @type {Map<string, Fetched>}
 */
const held = new Map();

/** @param {string} address */
function path(address) {
  return new URL(address, location).pathname;
}

/** @param {string} address @returns {string | undefined} where the same bytes are at hand */
export function inMemory(address) {
  return held.get(path(address))?.address;
}

/** @param {string} address @returns {Fetched | undefined} the bytes, and how long the link took for them */
export function fetched(address) {
  return held.get(path(address));
}

/** @param {string} address @returns {Promise<string> | undefined} the same as text */
export function textInMemory(address) {
  return held.get(path(address))?.bytes.text();
}

/** Pictures get an address with all their bytes, which the policy of pages allows. @param {Blob} bytes */
function addressOf(bytes) {
  if (!bytes.type.startsWith("image/")) return Promise.resolve(URL.createObjectURL(bytes));
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(bytes);
  });
}

/** @param {string} address @param {Blob} bytes @param {number} tookMs */
export async function putInMemory(address, bytes, tookMs) {
  held.set(path(address), { bytes, address: await addressOf(bytes), tookMs });
}

/** Lets go of everything but what lies beside this address. @param {string} address */
export function keepBeside(address) {
  const folder = path(new URL(".", new URL(address, location)));
  for (const [one, { address }] of held) {
    if (one.startsWith(folder)) continue;
    URL.revokeObjectURL(address);
    held.delete(one);
  }
}
