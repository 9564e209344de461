/** Sets of products as bits, 32 to a word: one set for each answer, joined a word at a time. */
export type Bits = Uint32Array;

export const noBits = (size: number): Bits => new Uint32Array((size + 31) >>> 5);

export const setBit = (bits: Bits, index: number): void => void (bits[index >>> 5] |= 1 << (index & 31));

export const hasBit = (bits: Bits, index: number): boolean => ((bits[index >>> 5] >>> (index & 31)) & 1) === 1;

export function addBits(to: Bits, from: Bits): void {
  for (let word = 0; word < to.length; word++) to[word] |= from[word];
}

export function countBits(bits: Bits): number {
  let count = 0;
  for (let word = 0; word < bits.length; word++) {
    let rest = bits[word];
    rest -= (rest >>> 1) & 0x55555555;
    rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
    count += Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

/** The first member from `from` on and before `end`; -1 where there is none. */
export function nextBit(bits: Bits, from: number, end: number): number {
  if (from >= end) return -1;
  let word = from >>> 5;
  let rest = bits[word] & (-1 << (from & 31));
  while (rest === 0) {
    word += 1;
    if (word << 5 >= end) return -1;
    rest = bits[word];
  }
  const index = (word << 5) + 31 - Math.clz32(rest & -rest);
  return index < end ? index : -1;
}

/** The most that a counter of three bits tells: seven or more. */
export const most = 7;

/** How many of several sets hold each product, up to seven: three sets that are read as the bits of a number. */
export class Counter {
  private readonly planes: [Bits, Bits, Bits];

  constructor(private readonly size: number, from?: Counter) {
    const [ones, twos, fours] = from?.planes ?? [];
    this.planes = [ones?.slice() ?? noBits(size), twos?.slice() ?? noBits(size), fours?.slice() ?? noBits(size)];
  }

  add(bits: Bits): void {
    const [ones, twos, fours] = this.planes;
    for (let word = 0; word < bits.length; word++) {
      const added = bits[word] & ~(ones[word] & twos[word] & fours[word]);
      const carry = ones[word] & added;
      ones[word] ^= added;
      fours[word] ^= twos[word] & carry;
      twos[word] ^= carry;
    }
  }

  addOne(index: number): void {
    if (this.at(index) === most) return;
    const [word, bit] = [index >>> 5, 1 << (index & 31)];
    for (const plane of this.planes) {
      plane[word] ^= bit;
      if ((plane[word] & bit) !== 0) return;
    }
  }

  at(index: number): number {
    return this.planes.reduce((sum, plane, place) => sum + (hasBit(plane, index) ? 1 << place : 0), 0);
  }

  /** Those of `among` that are held exactly so often (seven: or more often). */
  counted(count: number, among: Bits): Bits {
    const found = noBits(this.size);
    const [ones, twos, fours] = this.planes;
    for (let word = 0; word < found.length; word++) {
      found[word] = among[word] & (count & 1 ? ones[word] : ~ones[word]) & (count & 2 ? twos[word] : ~twos[word])
        & (count & 4 ? fours[word] : ~fours[word]);
    }
    return found;
  }
}
