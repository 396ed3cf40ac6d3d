/** Moments of a film as people write them. */

/** @param {number} seconds @returns {string} as 1:05 */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
