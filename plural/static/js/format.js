/** Numbers, sizes and spans of time in the language of the page, with the digits the server uses. */

const pageLanguage = document.documentElement.lang || "en";

/** The page's locale for Intl. */
export const locale = `${pageLanguage}-u-nu-latn`;

/** @param {number} share 0 to 100 */
export function percent(share) {
  return new Intl.NumberFormat(locale, { style: "percent" }).format(Math.floor(share) / 100);
}

/** @param {number} count a size in bytes, shown in decimal units */
export function bytes(count) {
  const [unit, divisor] = count < 1e6 ? ["kilobyte", 1e3] : count < 1e9 ? ["megabyte", 1e6] : ["gigabyte", 1e9];
  const format = { style: "unit", unit, maximumFractionDigits: count < 1e6 ? 0 : 1 };
  return new Intl.NumberFormat(locale, format).format(count / divisor);
}

/** @param {number} seconds rounded up to the unit a person would say */
export function duration(seconds) {
  const [unit, divisor] = seconds < 60 ? ["second", 1] : seconds < 5400 ? ["minute", 60] : ["hour", 3600];
  const format = { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 };
  return new Intl.NumberFormat(locale, format).format(Math.max(1, Math.ceil(seconds / divisor)));
}

const festivalNow = Date.parse(document.documentElement.dataset.now);
/** How far the festival's clock is ahead of this device's, which may be wrong. */
const aheadMs = Number.isNaN(festivalNow) ? 0 : festivalNow - Date.now();

/** @param {Date} at @returns {string} "in 3 days", "2 hours ago", by the festival's clock */
export function fromNow(at) {
  const seconds = (at.getTime() - Date.now() - aheadMs) / 1000;
  const size = Math.abs(seconds);
  const [unit, divisor] = size < 5400 ? ["minute", 60] : size < 129600 ? ["hour", 3600] : ["day", 86400];
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.trunc(seconds / divisor), unit);
}
