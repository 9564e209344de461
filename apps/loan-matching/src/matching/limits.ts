import { addBits, type Bits, noBits, setBit } from './bits.js';

/** So many products lie between two sets that are kept ready. */
const step = 256;

/**
 * The least (or the most) that products ask of a quantity, in order, so that those which a value does not reach are a run of the list:
 * most of it comes from sets that are kept ready.
 */
export class Limits {
  private readonly products: Int32Array;
  /** Where the products of a rank begin, and behind the last one the end. */
  private readonly starts: Int32Array;
  /** From each step to the end of the run. */
  private readonly ready: Bits[] = [];

  /** @param end of a `min` those above a value fail, of a `max` those below it. */
  constructor(private readonly end: 'min' | 'max', asked: readonly { product: number; rank: number }[], ranks: number, size: number) {
    const sorted = asked.toSorted((a, b) => a.rank - b.rank);
    this.products = Int32Array.from(sorted, ({ product }) => product);
    this.starts = new Int32Array(ranks + 1);
    for (const { rank } of sorted) this.starts[rank + 1] += 1;
    for (let rank = 0; rank < ranks; rank++) this.starts[rank + 1] += this.starts[rank];
    const steps = Math.floor(sorted.length / step) + 1;
    const running = noBits(size);
    for (let index = 0; index < steps; index++) {
      const at = end === 'max' ? index : steps - 1 - index;
      if (end === 'max') {
        if (index > 0) this.mark(running, (index - 1) * step, index * step);
      } else this.mark(running, at * step, Math.min((at + 1) * step, sorted.length));
      this.ready[at] = running.slice();
    }
  }

  /** Adds the products whose limit is of this rank or above (min), or below it (max). */
  addFailing(rank: number, to: Bits): void {
    const at = this.starts[rank];
    if (this.end === 'max') {
      const kept = Math.floor(at / step);
      addBits(to, this.ready[kept]);
      this.mark(to, kept * step, at);
      return;
    }
    const kept = Math.ceil(at / step);
    if (kept < this.ready.length) addBits(to, this.ready[kept]);
    this.mark(to, at, Math.min(kept * step, this.products.length));
  }

  private mark(bits: Bits, from: number, end: number): void {
    for (let index = from; index < end; index++) setBit(bits, this.products[index]);
  }
}
