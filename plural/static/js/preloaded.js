/**
 * What a tab has fetched ahead, in its own memory: never on the disk of a computer that others use,
 * and gone with the tab.
 */

/** @type {Map<string, { bytes: Blob, address: string }>} */
const held = new Map();

/** @param {string} address */
function path(address) {
  return new URL(address, location).pathname;
}

/** @param {string} address @returns {string | undefined} where the same bytes are at hand */
export function inMemory(address) {
  return held.get(path(address))?.address;
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

/** @param {string} address @param {Blob} bytes */
export async function putInMemory(address, bytes) {
  held.set(path(address), { bytes, address: await addressOf(bytes) });
}

/** Lets go of everything but these. @param {string[]} wanted */
export function keepInMemory(wanted) {
  const paths = new Set(wanted.map(path));
  for (const [one, { address }] of held) {
    if (paths.has(one)) continue;
    URL.revokeObjectURL(address);
    held.delete(one);
  }
}
