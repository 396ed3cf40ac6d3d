/** The upload section of a page: choosing, progress, pausing, and words for what happens. */

import { bytes, duration, percent } from "./format.js";
import { loadScript } from "./load-script.js";
import { createUpload, findEarlier, startOrResume } from "./upload-tus.js";

const RETRY_WHEN_WAITING_MS = 15000;
const SPEED_WINDOW_MS = 20000;

const section = document.querySelector("[data-upload]");
const part = (name) => section.querySelector(`[data-upload-${name}]`);
const target = { endpoint: section.dataset.endpoint, metadata: JSON.parse(section.dataset.metadata) };
const maxBytes = Number(section.dataset.maxBytes);

let upload = null;
let waitingTimer = 0;
/** @type {{at: number, sent: number}[]} */
let samples = [];

/** @param {string} name of a text in the template @param {Record<string, string>} values */
function words(name, values = {}) {
  const text = part("texts").content.querySelector(`[data-text="${name}"]`).textContent;
  return text.replace(/\{(\w+)\}/g, (_all, key) => values[key]);
}

/** @param {string} name @param {Record<string, string>} values @param {string} tone */
function say(name, values = {}, tone = "info") {
  const message = part("message");
  message.dataset.tone = tone;
  message.textContent = words(name, values);
}

/** @param {"choosing" | "sending" | "stopped" | "signed_out" | "arrived"} state */
function show(state) {
  part("choose").hidden = state !== "choosing";
  part("going").hidden = state === "choosing";
  part("calm").hidden = state !== "sending" && state !== "stopped";
  part("pause").hidden = state !== "sending";
  part("resume").hidden = state !== "stopped";
  part("sign-in").hidden = state !== "signed_out";
}

/** @param {number} sent @returns {number} bytes per second lately, 0 while unknown */
function speed(sent) {
  const now = performance.now();
  samples = samples.filter((sample) => now - sample.at < SPEED_WINDOW_MS && sample.sent <= sent);
  samples.push({ at: now, sent });
  const [first] = samples;
  return now - first.at < 1500 ? 0 : (1000 * (sent - first.sent)) / (now - first.at);
}

/** @param {number} sent @param {number} total */
function onProgress(sent, total) {
  const rate = speed(sent);
  const values = { done: bytes(sent), total: bytes(total), left: rate ? duration((total - sent) / rate) : "" };
  part("bar").value = (100 * sent) / total;
  part("percent").textContent = percent((100 * sent) / total);
  part("amount").textContent = words(rate ? "left" : "amount", values);
}

function onArrived() {
  show("arrived");
  say("arrived", {}, "good");
  location.assign(section.dataset.doneHref);
}

/** @param {string} meaning @param {number} status */
function onTrouble(meaning, status) {
  const values = { status: String(status), size: bytes(upload.file.size), limit: bytes(maxBytes) };
  show(meaning === "signed_out" ? "signed_out" : "stopped");
  say(meaning, values, meaning === "waiting" ? "waiting" : "bad");
  if (meaning === "waiting") waitingTimer = setTimeout(goOn, RETRY_WHEN_WAITING_MS);
}

function goOn() {
  clearTimeout(waitingTimer);
  waitingTimer = 0;
  show("sending");
  say("resuming");
  upload.start();
}

function pause() {
  upload.abort();
  show("stopped");
  say("paused");
}

/** Keeps a phone's screen on, because a sleeping phone stops sending. */
async function stayAwake() {
  try {
    await navigator.wakeLock.request("screen");
  } catch {
    // Not every browser can, and none has to.
  }
}

/** @param {File} file */
async function begin(file) {
  if (file.size === 0) return say("empty", {}, "bad");
  if (file.size > maxBytes) return say("too_large", { size: bytes(file.size), limit: bytes(maxBytes) }, "bad");
  samples = [];
  upload = createUpload(file, target, { onProgress, onArrived, onTrouble });
  part("name").textContent = file.name;
  onProgress(0, file.size);
  show("sending");
  say((await startOrResume(upload)) ? "resuming" : "sending");
  return stayAwake();
}

async function offerEarlier() {
  const earlier = await findEarlier(target.metadata);
  if (earlier && !upload) say("earlier", { name: earlier.name, percent: percent(earlier.percent) }, "info");
}

function acceptDrops() {
  const drop = part("choose").querySelector("label");
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.dataset.over = "";
  });
  drop.addEventListener("dragleave", () => delete drop.dataset.over);
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    delete drop.dataset.over;
    if (event.dataTransfer.files.length) begin(event.dataTransfer.files[0]);
  });
}

async function setUp() {
  try {
    await loadScript(section.dataset.tusJs);
  } catch {
    return say("refused", { status: "0" }, "bad");
  }
  part("file").addEventListener("change", (event) => event.target.files.length && begin(event.target.files[0]));
  part("pause").addEventListener("click", pause);
  part("resume").addEventListener("click", goOn);
  window.addEventListener("online", () => waitingTimer && goOn());
  acceptDrops();
  show("choosing");
  return offerEarlier();
}

setUp();
