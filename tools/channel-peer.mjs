// @ts-check
/**
 * `node tools/channel-peer.mjs --channel GREEN --dir DIR --key FILE --trust FILE [--misbehave MODE]`: plays an outside platform
 * (长江绿融通, 长江渝融通), whose own API is not public. It takes the signed files out of DIR/green/out, verifies them with the keys of
 * --trust (a JWK set), and puts a signed receipt for each into DIR/green/in. docs/channels.md says what they look like; what the platform
 * would hand to its banks it writes to --inbox, a file each.
 *
 * What lies in --outbox as JSON, `{"kind": "APPLICATIONS" or "OUTCOMES", "rows": [...]}`, it sends of its own accord as a signed file,
 * again and again until it finds our receipt for it; the JSON is then renamed to end in `.done`.
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
    inbox: { type: 'string' }, outbox: { type: 'string' }, misbehave: { type: 'string', default: '' }, every: { type: 'string', default: '500' }, resend: { type: 'string', default: '2000' },
  },
});
const channel = values.channel.toUpperCase();
const folder = join(values.dir, channel.toLowerCase());
const [out, into] = [join(folder, 'out'), join(folder, 'in')];
for (const dir of [out, into, values.inbox, values.outbox]) if (dir) mkdirSync(dir, { recursive: true });

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

/** A file, its signature behind it. @param {string} name @param {string} text @param {string} signature */
function answer(name, text, signature) {
  put(name, text);
  put(`${name}.sig`, signature);
}

/** Whether one of ours signed what lies there. @param {string} name */
function isOurs(name) {
  const { keyid, signature } = read(join(out, `${name}.sig`));
  const key = trusted.find((/** @type {{ id: string }} */ { id }) => id === keyid);
  return key?.verify(readFileSync(join(out, name)), Buffer.from(signature, 'base64')) === true;
}

/**
 * @param {string} name of the file
 * @returns {{ header: any, lines: string[], sha256: string } | string} what it holds, or why it is not taken
 */
function open(name) {
  const bytes = readFileSync(join(out, name));
  if (!isOurs(name)) return 'the signature does not hold';
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
  send(`${header.file}-${copy}`, '.json', text, copy);
  console.log(`${name}: ${header.kind} ${header.rows} rows for ${header.bank ?? 'the platform'}, ${isNew ? 'new' : 'had it'}`);
}

/** Puts it there, or what MODE makes of it. @param {string} name @param {string} ending @param {string} text @param {number} copy */
function send(name, ending, text, copy) {
  const [signature, isFirst] = [own.sign(text), copy === 1];
  if (values.misbehave === 'corrupt' && isFirst) answer(name + ending, text.replace('"rows":', '"rows":9'), signature);
  else if (values.misbehave === 'forge' && isFirst) answer(name + ending, text, stranger.sign(text));
  else answer(name + ending, text, signature);
  if (values.misbehave === 'double') answer(`${name}-again${ending}`, text, signature);
}

/** What it sends of its own accord. @type {Map<string, { file: string, text: string, sha256: string, copy: number, at: number }>} */
const outgoing = new Map();

/** Sends what lies in the outbox, or again what has no receipt. @param {string} dir @param {string} name */
function offer(dir, name) {
  const known = outgoing.get(name) ?? { ...compose(read(join(dir, name))), copy: 0, at: 0 };
  outgoing.set(name, known);
  if (existsSync(join(out, `${known.file}.json.sig`))) {
    const receipt = `${known.file}.json`;
    const isGood = isOurs(receipt) && read(join(out, receipt)).sha256 === known.sha256;
    for (const file of [receipt, `${receipt}.sig`]) rmSync(join(out, file), { force: true });
    if (isGood) {
      renameSync(join(dir, name), join(dir, `${name}.done`));
      return console.log(`${name}: confirmed`);
    }
  }
  if (Date.now() < known.at) return;
  known.at = Date.now() + Number(values.resend);
  known.copy += 1;
  if (values.misbehave === 'lose' && known.copy === 1) return console.log(`${name}: lost`);
  send(`${known.file}-${known.copy}`, '.ndjson', known.text, known.copy);
  console.log(`${name}: sent`);
}

/** @param {{ kind: string, rows: object[] }} said */
function compose({ kind, rows }) {
  const file = randomUUID();
  const header = { form: 'finharbor.exchange.1', file, kind, channel, madeAt: new Date().toISOString(), rows: rows.length };
  const text = [header, ...rows].map((line) => `${JSON.stringify(line)}\n`).join('');
  return { file, text, sha256: createHash('sha256').update(text).digest('hex') };
}

let leaving = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => { leaving = true; });
console.log(`ready ${channel} at ${folder}`);
while (!leaving) {
  const names = readdirSync(out).filter((name) => /^[0-9a-f-]{36}\.ndjson$/.test(name) && existsSync(join(out, `${name}.sig`)));
  const said = values.outbox ? readdirSync(values.outbox).filter((name) => name.endsWith('.json')) : [];
  for (const name of [...names, ...said]) {
    try {
      if (name.endsWith('.json')) offer(values.outbox ?? '', name);
      else take(name);
    } catch (error) {
      console.log(`${name}: ${/** @type {Error} */ (error).message}`);
    }
  }
  await pause(Number(values.every));
}
