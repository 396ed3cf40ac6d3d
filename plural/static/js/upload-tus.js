/** One resumable upload over tus: pacing, resuming, and what a failure means. No page in here. */

const KIB = 1024;
const FIRST_CHUNK_BYTES = 512 * KIB;
const SMALLEST_CHUNK_BYTES = 128 * KIB;
const LARGEST_CHUNK_BYTES = 8192 * KIB;
const CHUNK_TAKES_S = 8;
const SAMPLE_BYTES = 256 * KIB;
const RETRY_DELAYS_MS = [0, 1000, 3000, 5000, 10000, 20000];

/** The client forgets an upload on any 4xx; these three say nothing about the upload itself. */
const KEEP_UPLOAD = new Set([401, 403, 429]);

class Unanswered extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`status ${status}`);
    this.status = status;
  }
}

/** @param {any} error of tus-js-client @returns {number} HTTP status, 0 when nothing answered */
function statusOf(error) {
  return error.causingError?.status ?? error.originalResponse?.getStatus() ?? 0;
}

/** @param {number} status @returns {string} name of the text that tells the visitor */
function meaningOf(status) {
  const meanings = { 0: "waiting", 401: "signed_out", 403: "signed_out", 413: "too_large", 507: "full" };
  return meanings[status] ?? (status >= 500 || status === 429 ? "waiting" : "refused");
}

/** @param {Blob} blob @returns {Promise<string>} hex digest, empty where the browser has none */
async function digest(blob) {
  if (!globalThis.crypto?.subtle) return "";
  const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Names a file by its content: phones change name and date of a film from one choice to the next.
 * @param {File} file @param {object} options of tus-js-client
 */
async function fingerprint(file, options) {
  const head = await digest(file.slice(0, SAMPLE_BYTES));
  const tail = await digest(file.slice(-SAMPLE_BYTES));
  const { filename, filetype, ...about } = options.metadata;
  return ["plural", JSON.stringify(about), file.size, head + tail || file.name, options.endpoint].join("|");
}

/** Aims at CHUNK_TAKES_S per request, so that a lost connection costs little. */
function nextChunkSize(bytes, seconds) {
  const fitting = Math.min((bytes / seconds) * CHUNK_TAKES_S, 2 * bytes);
  return Math.round(Math.min(LARGEST_CHUNK_BYTES, Math.max(SMALLEST_CHUNK_BYTES, fitting)));
}

/**
 * @param {File} file
 * @param {{endpoint: string, metadata: Record<string, string>}} target
 * @param {{onProgress: (sent: number, total: number) => void, onArrived: () => void,
 *   onTrouble: (meaning: string, status: number) => void}} hooks
 */
export function createUpload(file, target, hooks) {
  let chunkBegan = 0;
  const upload = new window.tus.Upload(file, {
    endpoint: target.endpoint,
    metadata: { ...target.metadata, filename: file.name, filetype: file.type },
    chunkSize: FIRST_CHUNK_BYTES,
    retryDelays: RETRY_DELAYS_MS,
    removeFingerprintOnSuccess: true,
    fingerprint,
    onBeforeRequest: () => {
      chunkBegan = performance.now();
    },
    onAfterResponse: (_request, response) => {
      if (KEEP_UPLOAD.has(response.getStatus())) throw new Unanswered(response.getStatus());
    },
    onShouldRetry: (error) => {
      const status = statusOf(error);
      return navigator.onLine && (status === 409 || status === 423 || (status !== 507 && meaningOf(status) === "waiting"));
    },
    onChunkComplete: (bytes) => {
      upload.options.chunkSize = nextChunkSize(bytes, (performance.now() - chunkBegan) / 1000);
    },
    onProgress: hooks.onProgress,
    onSuccess: hooks.onArrived,
    onError: (error) => hooks.onTrouble(meaningOf(statusOf(error)), statusOf(error)),
  });
  return upload;
}

/** Goes on with what an earlier visit began, if this is the same file. @param {any} upload */
export async function startOrResume(upload) {
  const [earlier] = await upload.findPreviousUploads();
  if (earlier) upload.resumeFromPreviousUpload(earlier);
  upload.start();
  return Boolean(earlier);
}

/**
 * @param {Record<string, string>} metadata
 * @returns {Promise<{name: string, percent: number} | null>} an upload begun for this entry
 */
export async function findEarlier(metadata) {
  const storage = window.tus.defaultOptions.urlStorage;
  const all = await storage.findAllUploads();
  const ours = all.find((one) => Object.keys(metadata).every((key) => one.metadata[key] === metadata[key]));
  if (!ours) return null;
  const response = await fetch(ours.uploadUrl, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
  if (response.status === 404 || response.status === 410) await storage.removeUpload(ours.urlStorageKey);
  if (!response.ok) return null;
  return { name: ours.metadata.filename, percent: (100 * Number(response.headers.get("Upload-Offset"))) / ours.size };
}
