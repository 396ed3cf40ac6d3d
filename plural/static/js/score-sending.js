/** Sends scores: the one in the form, and those that wait on the device for the network. */

import { forget, held, keep, names } from "./device.js";

const PATIENCE_MS = 30_000;

/**
 * @param {string} address @param {FormData} fields
 * @returns {Promise<{ next: string } | "away" | "refused">} away: nobody can tell whether it came; it
 * may be sent again, as the same score is kept once
 */
async function post(address, fields) {
  try {
    const answer = await fetch(address, {
      method: "POST",
      body: fields,
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status >= 500) return "away";
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    return answer.ok && isJson ? await answer.json() : "refused";
  } catch {
    return "away";
  }
}

/** @param {HTMLFormElement} form */
export function sendForm(form) {
  return post(form.action, new FormData(form));
}

/** Lets go of a draft that has been sent; what lay beside it waits for its juror. @param {string} name */
export function settle(name) {
  const other = held(name)?.other;
  if (other) keep(name, other);
  else forget(name);
}

/** Names of drafts that their juror has asked to be sent. */
export function waiting() {
  return names("draft.").filter((name) => held(name)?.wanted);
}

/**
 * Sends drafts one after the other; one that is refused waits for its juror and not for the network.
 * @param {string[]} drafts @param {string} token the form token of this page
 * @returns {Promise<Record<string, number>>}
 */
export async function sendWaiting(drafts, token) {
  const counts = { sent: 0, away: 0, refused: 0 };
  for (const name of drafts) {
    const { address, values, revision } = held(name);
    const fields = new FormData();
    for (const [key, value] of Object.entries({ ...values, revision, csrf_token: token })) fields.set(key, value);
    const outcome = await post(address, fields);
    counts[typeof outcome === "string" ? outcome : "sent"] += 1;
    if (typeof outcome !== "string") settle(name);
    if (outcome === "refused") keep(name, { ...held(name), wanted: false });
  }
  return counts;
}
