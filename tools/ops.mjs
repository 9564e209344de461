// @ts-check
/**
 * `npm run ops -- delivery status`, `… delivery list SERVICE`, `… delivery replay SERVICE [EVENT_ID …|--all]`,
 * `… delivery park SERVICE EVENT_ID …`: what an operator does about events. Speaks to the
 * API as the system administrator, about keys as the security administrator.
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { FinHarborClient } from '@finharbor/client/client';
import { FinHarborError } from '@finharbor/client/problem';
import { main } from './lib/main.mjs';
import { ClearError, dataDir, readJson, serviceNames } from './lib/workspace.mjs';

const usage = `npm run ops -- COMMAND [--url URL] [--json]

  delivery status [SERVICE]                       how the events of all services fare, or of one
  delivery list SERVICE                           events that the service could not apply
  delivery replay SERVICE EVENT_ID … | --all      apply them again, after the cause was cured
  delivery park SERVICE EVENT_ID …                put aside events on their way to the service that hold up others
  keys list                                       the keys that sign access tokens
  keys rotate                                     sign with a new one
  keys fields                                     how far personal data are under the current field key
  person report --reason TEXT [SERVICE]           all that is held on the person whose phone number or mail address is typed in (or piped)
  person erase --reason TEXT [SERVICE]            destroys the keys of all that; it cannot be undone, and asks for the number twice

Services: ${serviceNames.join(', ')}.
The credentials (the system administrator's; for keys and persons the security administrator's) come from the file FINHARBOR_CREDENTIALS, as the bootstrap
writes it, from FINHARBOR_CLIENT_ID and FINHARBOR_CLIENT_SECRET, or from the quick start's data folder.`;

const { positionals: [area, command, ...rest], values } = parseArgs({
  allowPositionals: true,
  options: { url: { type: 'string' }, all: { type: 'boolean' }, reason: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
});

function connect() {
  const { FINHARBOR_URL, FINHARBOR_CREDENTIALS, FINHARBOR_CLIENT_ID, FINHARBOR_CLIENT_SECRET, PORT } = process.env;
  const credentials = FINHARBOR_CLIENT_ID && FINHARBOR_CLIENT_SECRET
    ? { clientId: FINHARBOR_CLIENT_ID, clientSecret: FINHARBOR_CLIENT_SECRET }
    : readJson(FINHARBOR_CREDENTIALS ?? join(dataDir, area === 'keys' || area === 'person' ? 'security-admin-client.json' : 'admin-client.json'));
  if (!credentials) throw new ClearError(`No administrator: set FINHARBOR_CREDENTIALS, or run npm start first (${dataDir}).`);
  return new FinHarborClient({ baseUrl: values.url ?? FINHARBOR_URL ?? `http://127.0.0.1:${PORT || 3000}`, ...credentials });
}

/** @typedef {(client: FinHarborClient, rest: string[]) => Promise<unknown>} Command */
/** @type {Record<string, Command>} */
const commands = {
  async 'delivery status'(client, [service]) {
    const names = service ? [known(service)] : serviceNames;
    const all = await Promise.all(names.map((name) => client.get(`/v1/operations/${name}/delivery`).catch((/** @type {Error} */ error) =>
      ({ service: name, error: error.message }))));
    if (values.json) return console.log(JSON.stringify(all, null, 2));
    for (const /** @type {any} */ one of all) show(one);
  },
  async 'delivery list'(client, [service]) {
    for await (const letter of deadLetters(client, known(service))) {
      if (values.json) console.log(JSON.stringify(letter));
      else console.log(`${letter.id}  ${letter.name}  parked ${letter.parkedAt}\n  ${letter.reason}\n  ${letter.event}`);
    }
  },
  async 'delivery replay'(client, [service, ...ids]) {
    known(service);
    if (values.all) for await (const { id } of deadLetters(client, service)) ids.push(id);
    else if (ids.length === 0) throw new ClearError('Say which: EVENT_ID …, or --all.');
    await each(ids, 'applied', (id) => client.post(`/v1/operations/${service}/dead-letters/${id}/replay`));
  },
  async 'delivery park'(client, [service, ...ids]) {
    known(service);
    if (ids.length === 0) throw new ClearError('Say which: EVENT_ID ….');
    await each(ids, 'parked', (eventId) => client.post(`/v1/operations/${service}/dead-letters`, { eventId }));
  },
  async 'keys list'(client) {
    console.log(JSON.stringify(await client.get('/v1/signing-keys'), null, 2));
  },
  async 'keys rotate'(client) {
    console.log(JSON.stringify(await client.post('/v1/signing-keys'), null, 2));
  },
  async 'keys fields'(client) {
    for (const name of serviceNames) {
      /** @type {any} */
      const { key, suite, left } = await client.get(`/v1/operations/${name}/field-keys`);
      const rows = left.filter((/** @type {any} */ one) => one.rows > 0).map((/** @type {any} */ one) => `${one.table} ${one.rows}`);
      console.log(`${`${name}:`.padEnd(18)} ${key} (${suite}), ${rows.length ? `left: ${rows.join(', ')}` : 'nothing left'}`);
    }
  },
  async 'person report'(client, [service]) {
    const identifier = await typed('Phone number or mail address: ');
    await ofPerson(client, service, 'person-reports', identifier);
  },
  async 'person erase'(client, [service]) {
    const identifier = await typed('Phone number or mail address: ');
    if (await typed('The same again, to erase all that is held on this person for good: ') !== identifier) throw new ClearError('These differ. Nothing was erased.');
    await ofPerson(client, service, 'person-erasures', identifier);
  },
};

/** From the terminal or a pipe, a line each: what stands in a command line is seen by others, and kept. */
const lines = process.argv.includes('person') ? createInterface({ input: process.stdin }) : undefined;
const given = lines?.[Symbol.asyncIterator]();

/** @param {string} prompt */
async function typed(prompt) {
  if (process.stdin.isTTY) process.stderr.write(prompt);
  const line = (await given?.next())?.value?.trim();
  if (!line) throw new ClearError('Say who: a phone number or mail address, on a line.');
  return line;
}

/** @param {FinHarborClient} client @param {string | undefined} service @param {string} what @param {string} identifier */
async function ofPerson(client, service, what, identifier) {
  if (!values.reason) throw new ClearError('Say why, for the audit trail: --reason TEXT.');
  for (const name of service ? [known(service)] : serviceNames) {
    console.log(JSON.stringify(await client.post(`/v1/operations/${name}/${what}`, { identifier, reason: values.reason }), null, 2));
  }
  lines?.close();
}

/** @param {string | undefined} service */
function known(service) {
  if (service && serviceNames.includes(service)) return service;
  throw new ClearError(`${service ? `There is no service "${service}".` : 'Say which service.'} There are: ${serviceNames.join(', ')}.`);
}

/** @param {FinHarborClient} client @param {string} service @returns {AsyncGenerator<any>} */
async function* deadLetters(client, service) {
  let cursor;
  do {
    /** @type {any} */
    const page = await client.get(`/v1/operations/${service}/dead-letters`, { query: { cursor, limit: 200 } });
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}

/**
 * Goes on after a failure and tells it in the end.
 * @param {string[]} ids @param {string} done @param {(id: string) => Promise<unknown>} act
 */
async function each(ids, done, act) {
  for (const id of ids) {
    try {
      await act(id);
      console.log(`${id} ${done}`);
    } catch (error) {
      if (!(error instanceof FinHarborError)) throw error;
      console.error(`${id} ${error.message}`);
      process.exitCode = 1;
    }
  }
  console.log(`${ids.length} in all`);
}

/** @param {any} one */
function show(one) {
  if (one.error) return console.log(`${one.service}: ${one.error}`);
  const open = one.open.map((/** @type {any} */ to) =>
    `${to.sent} to ${to.consumer}${to.held ? ` (+${to.held} held)` : ''}, oldest ${to.oldestSeconds} s`);
  console.log([
    `${one.service}:`.padEnd(18), one.redis ? '' : 'REDIS AWAY, ',
    `outbox ${one.outboxEvents}${one.outboxEvents ? ` (oldest ${one.outboxSeconds} s)` : ''}, `,
    `open ${open.length ? open.join('; ') : 'none'}, sent again ${one.republished}, dead letters ${one.deadLetters}, `,
    `clocks overdue ${one.dueOverdue}${one.dueOverdue ? ` (oldest ${one.dueSeconds} s)` : ''}`,
  ].join(''));
}

await main(async () => {
  const run = commands[`${area} ${command}`];
  if (!run || values.help) {
    if (values.help || !area) return console.log(usage);
    throw new ClearError(usage);
  }
  try {
    await run(connect(), rest);
  } catch (error) {
    throw error instanceof FinHarborError ? new ClearError(error.message) : error;
  }
});
