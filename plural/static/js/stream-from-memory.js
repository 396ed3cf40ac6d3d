/** Streams what this tab has fetched ahead, and the rest from the portal, without a seam. */

import { fetched, inMemory } from "./preloaded.js";

/**
 * Options for hls.js. It begins with the size that is at hand and hears how long the link took for
 * it, so it goes up as soon as the link is good enough, as if it had just been loaded.
 * @param {any} Hls the library @param {string} playlist
 */
export function optionsFor(Hls, playlist) {
  return inMemory(playlist) ? { loader: loaderOf(Hls), startLevel: 0 } : {};
}

/** Without network nothing larger than what is at hand can come. @param {any} hls a player of such options */
export function keepToWhatIsAtHand(hls) {
  const over = new AbortController();
  const cap = () => (hls.autoLevelCapping = navigator.onLine ? -1 : 0);
  window.addEventListener("online", cap, { signal: over.signal });
  window.addEventListener("offline", cap, { signal: over.signal });
  hls.on(hls.constructor.Events.MANIFEST_PARSED, cap);
  hls.on(hls.constructor.Events.DESTROYING, () => over.abort());
}

/** @param {any} Hls */
function loaderOf(Hls) {
  return class extends Hls.DefaultConfig.loader {
    load(context, config, callbacks) {
      const found = fetched(context.url);
      if (found) this.hand(found, context, callbacks);
      else super.load(context, config, callbacks);
    }

    async hand(found, context, callbacks) {
      const { url, rangeStart, rangeEnd, responseType } = context;
      const bytes = rangeEnd ? found.bytes.slice(rangeStart, rangeEnd) : found.bytes;
      const data = await (responseType === "arraybuffer" ? bytes.arrayBuffer() : bytes.text());
      if (this.isOver) return;
      this.note(bytes.size, (found.tookMs * bytes.size) / found.bytes.size);
      callbacks.onProgress?.(this.stats, context, data, null);
      callbacks.onSuccess({ url, data, code: 200 }, this.stats, context, null);
    }

    /** @param {number} size @param {number} tookMs */
    note(size, tookMs) {
      const end = performance.now();
      Object.assign(this.stats.loading, { start: end - tookMs, first: end - tookMs, end });
      Object.assign(this.stats, { loaded: size, total: size, bwEstimate: (size * 8000) / tookMs });
    }

    abort() {
      this.isOver = true;
      super.abort();
    }

    destroy() {
      this.isOver = true;
      super.destroy();
    }
  };
}
