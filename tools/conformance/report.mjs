// @ts-check
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { signJwt } from '@finharbor/client/client-key';

/** @typedef {import('./requirements.mjs').Result} Result */
/** @typedef {import('node:crypto').JsonWebKey & { kid?: string }} Jwk */
/**
 * @typedef {object} Report
 * @property {typeof form} form
 * @property {string} at when, ISO 8601 in UTC
 * @property {string} base the suite
 * @property {string | null} receiver
 * @property {string} clientId
 * @property {Record<'passed' | 'failed' | 'skipped', number>} counts
 * @property {Result[]} results
 * @property {Jwk} key the public key that signed: the client's, or one made for this report where the client has none
 */
/**
 * `signature` is a JWS without its payload (RFC 7515, appendix F), which is `report` as JSON without spaces.
 * @typedef {{ report: Report, signature: string }} SignedReport
 */

export const form = 'finharbor.conformance.1';

/** @param {Omit<Report, 'form' | 'key' | 'counts'>} facts @param {Jwk} [privateKey] the client's @returns {SignedReport} */
export function signReport(facts, privateKey = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'unregistered' }) {
  const key = createPrivateKey({ key: privateKey, format: 'jwk' });
  const publicKey = { ...createPublicKey(key).export({ format: 'jwk' }), kid: privateKey.kid };
  const count = (/** @type {Result['outcome']} */ wanted) => facts.results.filter(({ outcome }) => outcome === wanted).length;
  const report = { form: /** @type {typeof form} */ (form), ...facts, counts: { passed: count('PASS'), failed: count('FAIL'), skipped: count('SKIPPED') }, key: publicKey };
  const [header, , signature] = signJwt({ kid: privateKey.kid }, report, key, String(privateKey.kty)).split('.');
  return { report, signature: `${header}..${signature}` };
}

/** Whether the report is as it was signed, by the key that it names. @param {SignedReport} signed */
export function isSignedReport({ report, signature }) {
  if (report?.form !== form || typeof signature !== 'string') return false;
  const [header, , value] = signature.split('.');
  const key = createPublicKey({ key: report.key, format: 'jwk' });
  const how = { EC: { dsaEncoding: /** @type {const} */ ('ieee-p1363') }, RSA: { padding: 6, saltLength: 32 }, OKP: {} }[/** @type {'EC'} */ (report.key.kty)];
  const content = Buffer.from(`${header}.${Buffer.from(JSON.stringify(report)).toString('base64url')}`);
  return verify(report.key.kty === 'OKP' ? null : 'sha256', content, { key, ...how }, Buffer.from(value, 'base64url'));
}

/** RFC 7638: by it the platform names a client's key. @param {Jwk} jwk */
export function thumbprintOf(jwk) {
  const members = { EC: ['crv', 'kty', 'x', 'y'], RSA: ['e', 'kty', 'n'], OKP: ['crv', 'kty', 'x'] }[/** @type {'EC'} */ (jwk.kty)];
  return createHash('sha256').update(JSON.stringify(jwk, members)).digest('base64url');
}
