// @ts-check
/**
 * SM2 in CPU time, for the group `tokens`: our sign and verify against sm-crypto (what most people pick) and against sm-crypto-v2
 * with a prepared key. CPU time and not time on the clock, so that a busy machine makes no difference; by turns, so that none
 * has the better minute.
 */
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { readSm2PrivateKey, sm2Engine, sm2Sign, sm2Verify } from '@finharbor/security/national/sm2';
import { sm2PublicKey } from '@finharbor/security/national/sm2-keys';
import { median } from './median.mjs';

/** sm-crypto has no types; its functions are those of its successor. */
const load = (/** @type {string} */ name) => /** @type {typeof import('sm-crypto-v2')} */ (createRequire(import.meta.url)(name)).sm2;

/** Times as many calls as fill some 100 ms, each kind by the microseconds of a call. */
const calls = { native: 200, library: 40, peer: 4 };

/** @param {() => unknown} work @param {number} count @returns {number} CPU microseconds a call */
function cpu(work, count) {
  const before = process.cpuUsage();
  for (let call = 0; call < count; call++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/**
 * Microseconds of CPU to a call, as medians over the rounds, and how many times slower sm-crypto verifies (the issue: at least 20).
 * @param {number} rounds
 */
export function measureSm2(rounds) {
  const [peer, library] = [load('sm-crypto'), load('sm-crypto-v2')];
  const pair = peer.generateKeyPairHex();
  const [key, known] = [readSm2PrivateKey(pair.privateKey), sm2PublicKey(pair.publicKey)];
  // As long as the text that a request's signature is over.
  const message = randomBytes(400);
  const bytes = /** @type {any} */ ([...message]);
  const signature = sm2Sign(key, message);
  const hex = signature.toString('hex');
  const prepared = library.precomputePublicKey(pair.publicKey);
  const ways = /** @type {const} */ ([
    ['verify', calls.native, () => sm2Verify(known, message, signature)],
    ['sign', calls.native, () => sm2Sign(key, message).length === 64],
    ['peerVerify', calls.peer, () => peer.doVerifySignature(bytes, hex, pair.publicKey, { hash: true })],
    ['peerSign', calls.peer, () => peer.doSignature(bytes, pair.privateKey, { hash: true, publicKey: pair.publicKey }).length === 128],
    ['libraryVerify', calls.library, () => library.doVerifySignature(message, hex, prepared, { hash: true })],
  ]);
  /** @type {Record<string, number[]>} */
  const found = Object.fromEntries(ways.map(([name]) => [name, []]));
  for (const [name, , work] of ways) if (!work()) throw new Error(`${name} does not hold: nothing is compared.`);
  for (let turn = -1; turn < rounds; turn++) {
    for (const [name, count, work] of ways) {
      const spent = cpu(work, count);
      if (turn >= 0) found[name].push(spent);
    }
  }
  const of = (/** @type {string} */ name) => median(found[name]);
  return {
    engine: sm2Engine().name,
    microseconds: { verify: of('verify'), sign: of('sign'), smCryptoVerify: of('peerVerify'), smCryptoSign: of('peerSign'), smCryptoV2Verify: of('libraryVerify') },
    /** Compared within each round. */
    verifyFaster: median(found.peerVerify.map((spent, round) => spent / found.verify[round])),
  };
}

/** The figure of the issue, as `bench/tokens.bench.mjs` lists it. @type {import('./run.mjs').Bench} */
export async function sm2Rows({ rounds, log }) {
  const { engine, microseconds, verifyFaster } = measureSm2(Math.max(rounds, 3));
  log(`SM2 by ${engine}, µs of CPU: ${Object.entries(microseconds).map(([name, value]) => `${name} ${value.toFixed(0)}`).join(', ')}`);
  return [{ name: 'tokens.sm2-verify', value: verifyFaster, unit: '× as fast as sm-crypto', limit: null, peer: 1, goal: 20, ok: verifyFaster >= 20 }];
}
