// @ts-check
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * @typedef {object} Entry
 * @property {string} at when it was forwarded
 * @property {import('@finharbor/client/events').PublicEvent} event
 * @property {string} outcome
 */

/** So many stay from one run to the next. */
const kept = 1_000;

/** What was forwarded and how it went, oldest first: a line of JSON each. */
export class History {
  /** @param {string} file */
  constructor(file) {
    this.file = file;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const lines = this.lines();
    if (lines.length > kept) writeFileSync(file, `${lines.slice(-kept).join('\n')}\n`, { mode: 0o600 });
  }

  /** @param {Entry} entry */
  add(entry) {
    appendFileSync(this.file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }

  /** @returns {Entry[]} */
  entries() {
    return this.lines().flatMap((line) => {
      try {
        return [JSON.parse(line)];
      } catch {
        return []; // broken off while it was written
      }
    });
  }

  /** The last of this event. @param {string} id the event's, or how it begins */
  find(id) {
    return this.entries().findLast(({ event }) => event.id.startsWith(id));
  }

  lines() {
    return existsSync(this.file) ? readFileSync(this.file, 'utf8').split('\n').filter(Boolean) : [];
  }
}
