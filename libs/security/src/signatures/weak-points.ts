/**
 * Points of small order on Curve25519 (the sign left out): under such a key a signature that anybody can make is good for many texts.
 * They are the eight roots of the curve's cofactor, in every encoding that is accepted; the list of libsodium's ge25519_has_small_order.
 */
const weak = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** Whether the 32 bytes of an Ed25519 public key are such a point. */
export function isWeakPoint(key: Buffer): boolean {
  const point = Buffer.from(key);
  point[31] &= 0x7f;
  return weak.has(point.toString('hex'));
}
