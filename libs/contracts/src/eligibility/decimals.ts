/** Exact decimals of up to 18 digits before and 6 behind the point, as the `Decimal` scalar writes them. Never floating point. */

const shape = /^(\d{1,18})(?:\.(\d{1,6}))?$/;
const places = 6;

/** The number in millionths, or undefined for what is no such decimal (a sign, an exponent, a blank, nothing). */
export function scaled(text: string): bigint | undefined {
  const match = shape.exec(text);
  return match ? BigInt(match[1] + (match[2] ?? '').padEnd(places, '0')) : undefined;
}

/** Below, at or above zero as `a` is less than, equal to or more than `b`; undefined where one of them cannot be read. */
export function compareDecimals(a: string, b: string): number | undefined {
  const [left, right] = [scaled(a), scaled(b)];
  if (left === undefined || right === undefined) return undefined;
  return left < right ? -1 : Number(left > right);
}

/** Millionths as text, without zeros that say nothing: `1500000` is `1.5`. */
export function unscaled(millionths: bigint): string {
  const digits = millionths.toString().padStart(places + 1, '0');
  const behind = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (behind && `.${behind}`);
}

/** An amount in yuan as it is kept: without leading zeros, with two places (`0500` is `500.00`). Its third place must be empty. */
export function yuanOf(text: string): string {
  const fen = scaled(text)! / 10_000n;
  return `${fen / 100n}.${(fen % 100n).toString().padStart(2, '0')}`;
}

/** An amount of a list as a demand keeps it, rounded to the fen; undefined for none, nothing, and what is beyond ten billion yuan. */
export function keptYuan(text: string | null): string | undefined {
  const [, whole, fraction = ''] = /^(\d{1,11})(?:\.(\d+))?$/.exec(text ?? '') ?? [];
  if (whole === undefined) return undefined;
  const thousandths = BigInt(whole + fraction.padEnd(3, '0').slice(0, 3));
  const fen = (thousandths + 5n) / 10n;
  return fen === 0n || fen > 1_000_000_000_000n ? undefined : `${fen / 100n}.${(fen % 100n).toString().padStart(2, '0')}`;
}
