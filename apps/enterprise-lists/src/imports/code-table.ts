/** An entry: three words of the code, its row, and the entry before it in its bucket. */
const words = 5;
const blockEntries = 16_384;

/**
 * Which row of a list had a credit code first. Exact: a code of 18 digits and letters is three words of 32 bits, and with its row and
 * its place in the table it takes 24 bytes at most, where a Map of strings takes a hundred. Entries are added and never moved: memory that
 * is given back in pieces is memory that the process keeps.
 */
export class CodeTable {
  private readonly blocks: Uint32Array[] = [];
  /** The last entry of each bucket, counted from 1; 0 where there is none. */
  private buckets = new Uint32Array(1_024);
  private count = 0;

  /** The row that had the code before; undefined when there is none, and then it is this one. @param row 1 or more */
  claim(code: string, row: number): number | undefined {
    const [first, second, third] = [wordOf(code, 0), wordOf(code, 6), wordOf(code, 12)];
    const bucket = hashOf(first, second, third) & (this.buckets.length - 1);
    for (let entry = this.buckets[bucket]; entry !== 0;) {
      const [block, at] = this.placeOf(entry);
      if (block[at] === first && block[at + 1] === second && block[at + 2] === third) return block[at + 3];
      entry = block[at + 4];
    }
    this.add(first, second, third, row, bucket);
    return undefined;
  }

  private add(first: number, second: number, third: number, row: number, bucket: number): void {
    if (this.count % blockEntries === 0) this.blocks.push(new Uint32Array(blockEntries * words));
    this.count += 1;
    const [block, at] = this.placeOf(this.count);
    block[at] = first;
    block[at + 1] = second;
    block[at + 2] = third;
    block[at + 3] = row;
    block[at + 4] = this.buckets[bucket];
    this.buckets[bucket] = this.count;
    if (this.count === this.buckets.length) this.widen();
  }

  /** Twice as many buckets, so that there is about one entry in each. */
  private widen(): void {
    this.buckets = new Uint32Array(this.buckets.length * 2);
    for (let entry = 1; entry <= this.count; entry += 1) {
      const [block, at] = this.placeOf(entry);
      const bucket = hashOf(block[at], block[at + 1], block[at + 2]) & (this.buckets.length - 1);
      block[at + 4] = this.buckets[bucket];
      this.buckets[bucket] = entry;
    }
  }

  private placeOf(entry: number): [block: Uint32Array, at: number] {
    return [this.blocks[Math.floor((entry - 1) / blockEntries)], ((entry - 1) % blockEntries) * words];
  }
}

/** Six characters, each 0-9 or A-Z, as one number: 36⁶ is less than 2³². */
function wordOf(code: string, from: number): number {
  let word = 0;
  for (let at = from; at < from + 6; at += 1) {
    const character = code.charCodeAt(at);
    word = word * 36 + (character <= 57 ? character - 48 : character - 55);
  }
  return word;
}

function hashOf(first: number, second: number, third: number): number {
  let hash = Math.imul(first ^ (first >>> 15), 0x85ebca6b) ^ second;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ third;
  hash = Math.imul(hash ^ (hash >>> 16), 0x27d4eb2f);
  return (hash ^ (hash >>> 15)) >>> 0;
}
