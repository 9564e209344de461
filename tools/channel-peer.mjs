// @ts-check
/**
 * `node tools/channel-peer.mjs --channel GREEN --dir DIR --key FILE --trust FILE [--misbehave MODE]`: plays an outside platform
 * (长江绿融通, 长江渝融通), whose own API is not public. It takes the signed files out of DIR/green/out, verifies them with the keys of
 * --trust (a JWK set), and puts a signed receipt for each into DIR/green/in. docs/channels.md says what they look like; what the platform
 * would hand to its banks it writes to --inbox, a file each.
 *
 * MODE, for tests: `lose` takes the first copy of each file and says nothing; `double` answers everything twice; `corrupt` sends a receipt
 * whose text was changed behind its signature, and the right one when the file comes again; `forge` signs with a key of somebody else.
 */
import { createHash, createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readSm2PrivateKey } from '@finharbor/security/national/sm2';
import { signBase, signerKey } from '@finharbor/security/signatures/keys';

/** @typedef {import('@finharbor/security/signatures/keys').SignerJwk & { d: string }} PrivateJwk */

const { values } = parseArgs({
  options: {
    channel: { type: 'string', default: '' }, dir: { type: 'string', default: '' }, key: { type: 'string', default: '' }, trust: { type: 'string', default: '' },
    inbox: { type: 'string' }, misbehave: { type: 'string', default: '' }, every: { type: 'string', default: '500' },
  },
});
const channel = values.channel.toUpperCase();
const folder = join(values.dir, channel.toLowerCase());
const [out, into] = [join(folder, 'out'), join(folder, 'in')];
for (const dir of [out, into, ...values.inbox ? [values.inbox] : []]) mkdirSync(dir, { recursive: true });

const read = (/** @type {string} */ file) => JSON.parse(readFileSync(file, 'utf8'));
const own = signerOf(read(values.key));
const stranger = signerOf({ ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: own.keyid });
const trusted = read(values.trust).keys.map(signerKey);

/** What it has, with the receipt that it gave: whatever comes again gets the same. @type {Map<string, string>} */
const known = new Map();
/** How often each file came, for what it does wrong the first time alone. @type {Map<string, number>} */
const copies = new Map();

/** @param {any} jwk a private key of Ed25519 or SM2 */
function signerOf(jwk) {
  const { d: _, ...published } = jwk;
  const key = jwk.crv === 'SM2' ? readSm2PrivateKey(jwk) : createPrivateKey({ key: jwk, format: 'jwk' });
  const { id: keyid, algorithm } = signerKey(published);
  return {
    keyid,
    sign: (/** @type {string} */ text) =>
      `${JSON.stringify({ form: 'finharbor.signature.1', keyid, algorithm, signature: signBase(key, Buffer.from(text)).toString('base64') })}\n`,
  };
}

/** @param {string} file @param {string} text */
function put(file, text) {
  const temporary = join(into, `.${file}.tmp`);
  writeFileSync(temporary, text);
  renameSync(temporary, join(into, file));
}

/** A receipt, its signature behind it. @param {string} name @param {string} text @param {string} signature */
function answer(name, text, signature) {
  put(`${name}.json`, text);
  put(`${name}.json.sig`, signature);
}

/**
 * @param {string} name of the file
 * @returns {{ header: any, lines: string[], sha256: string } | string} what it holds, or why it is not taken
 */
function open(name) {
  const bytes = readFileSync(join(out, name));
  const { keyid, signature } = read(join(out, `${name}.sig`));
  const key = trusted.find((/** @type {{ id: string }} */ { id }) => id === keyid);
  if (!key?.verify(bytes, Buffer.from(signature, 'base64'))) return 'the signature does not hold';
  const lines = bytes.toString().trimEnd().split('\n');
  const header = JSON.parse(lines[0] ?? '');
  if (header.form !== 'finharbor.exchange.1' || header.channel !== channel || header.rows !== lines.length - 1) return 'the form is another';
  return { header, lines, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** @param {string} name */
function take(name) {
  const opened = open(name);
  for (const file of [name, `${name}.sig`]) rmSync(join(out, file), { force: true });
  if (typeof opened === 'string') return console.log(`${name}: ${opened}`);
  const { header, lines, sha256 } = opened;
  const copy = (copies.get(header.file) ?? 0) + 1;
  copies.set(header.file, copy);
  if (values.misbehave === 'lose' && copy === 1) return console.log(`${name}: lost`);
  const isNew = !known.has(header.file);
  if (isNew && values.inbox) writeFileSync(join(values.inbox, basename(name)), `${lines.join('\n')}\n`);
  const text = known.get(header.file) ?? `${JSON.stringify({
    form: 'finharbor.exchange-receipt.1', receipt: randomUUID(), file: header.file, channel, sha256, rows: header.rows, at: new Date().toISOString(),
  })}\n`;
  known.set(header.file, text);
  const signature = own.sign(text);
  if (values.misbehave === 'corrupt' && copy === 1) answer(`${header.file}-${copy}`, text.replace(`"rows":${header.rows}`, `"rows":${header.rows + 1}`), signature);
  else if (values.misbehave === 'forge' && copy === 1) answer(`${header.file}-${copy}`, text, stranger.sign(text));
  else answer(`${header.file}-${copy}`, text, signature);
  if (values.misbehave === 'double') answer(`${header.file}-${copy}-again`, text, signature);
  console.log(`${name}: ${header.kind} ${header.rows} rows for ${header.bank}, ${isNew ? 'new' : 'had it'}`);
}

let leaving = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => { leaving = true; });
console.log(`ready ${channel} at ${folder}`);
while (!leaving) {
  const names = readdirSync(out).filter((name) => /^[0-9a-f-]{36}\.ndjson$/.test(name) && existsSync(join(out, `${name}.sig`)));
  for (const name of names) {
    try {
      take(name);
    } catch (error) {
      console.log(`${name}: ${/** @type {Error} */ (error).message}`);
    }
  }
  await pause(Number(values.every));
}
