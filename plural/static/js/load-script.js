/** @param {string} address a classic script of this site @returns {Promise<void>} once it has run */
export function loadScript(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`could not load ${address}`));
    document.head.append(script);
  });
}
