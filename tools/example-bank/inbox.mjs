// @ts-check
import { readJson, writeJson } from '../lib/workspace.mjs';

/** @typedef {import('@finharbor/client/events').PublicEvent} PublicEvent */

/** How many ids are kept to know an event again: the platform sends one again for 75 hours at most, unless it is asked to. */
const remembered = 10_000;

/**
 * What came and is not yet done, each event once whichever way it came, and how far the change feed was read. It is a file here;
 * a bank has a table with the id as its key, and writes it in the transaction of what it does.
 */
export class Inbox {
  /** @param {string} file */
  constructor(file) {
    this.file = file;
    const kept = readJson(file) ?? {};
    /** @type {string | undefined} */
    this.cursor = kept.cursor;
    /** @type {PublicEvent[]} */
    this.open = kept.open ?? [];
    /** @type {Set<string>} */
    this.seen = new Set(kept.seen);
    this.wake = () => {};
  }

  /** Keeps an event before anybody is told that we have it. Whether it is new. @param {PublicEvent} event */
  put(event) {
    if (this.seen.has(event.id)) return false;
    this.seen.add(event.id);
    for (const oldest of this.seen) {
      if (this.seen.size <= remembered) break;
      this.seen.delete(oldest);
    }
    this.open.push(event);
    this.save();
    this.wake();
    return true;
  }

  /** @param {string} cursor */
  keepCursor(cursor) {
    if (cursor === this.cursor) return;
    this.cursor = cursor;
    this.save();
  }

  /** The work for these is done. @param {PublicEvent[]} events */
  done(events) {
    if (events.length === 0) return;
    this.open = this.open.filter((one) => !events.includes(one));
    this.save();
  }

  /** Waits until there is something to do. @param {AbortSignal} signal */
  async filled(signal) {
    while (this.open.length === 0 && !signal.aborted) {
      await new Promise((resolve) => {
        this.wake = () => resolve(undefined);
        signal.addEventListener('abort', this.wake, { once: true });
      });
    }
  }

  save() {
    writeJson(this.file, { cursor: this.cursor, open: this.open, seen: [...this.seen] });
  }
}
