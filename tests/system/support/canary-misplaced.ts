import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Canaries } from './canaries.js';
import type { Sending, Sowing } from './canary-sowing.js';

type Refused = [as: Parameters<Sowing['ask']>[0], path: string, sending?: Sending];

/** Bytes of UTF-8 as Node sends them in a header. */
const inHeader = (text: string): string => Buffer.from(text).toString('latin1');

/** Personal data in requests that are refused: in broken and wrong bodies, paths, queries, headers, tokens and operations of the graph. */
export function misplaced(sowing: Sowing, demandId: string, issueId: string): Refused[] {
  const { canaries, scan, harborId } = sowing;
  const name = (): string => canaries.name();
  const phone = (): string => canaries.phone();
  const both = (): Record<string, string> => ({ contactName: name(), contactPhone: phone() });
  const echoed = (send: (text: string) => Refused): Refused => {
    const text = name();
    const [as, path, sending] = send(text);
    return [as, path, { ...sending, may: [text] }];
  };
  const person = (change: object): object => ({ harborId, post: 'CREDIT_OFFICER', name: name(), phone: phone(), validFrom: '2024-01-01', ...change });
  const erasure = '/v1/operations/feedback/person-erasures';
  const reason = '本人申请';
  const list = '/v1/push-lists?title=%E5%90%8D%E5%8D%95&period=2026-Q4';
  const urlencoded = 'application/x-www-form-urlencoded';
  const forms: Record<string, string>[] = [
    { client_id: canaries.mail(), client_secret: phone() }, { client_id: name(), scope: name() }, { client_assertion: `${phone()}.${phone()}.x`, resource: phone() },
  ];
  const csv = (body: string | Buffer, type = 'text/csv'): Sending => ({ body, type });
  return [
    // bodies
    ['anonymous', scan, { body: `{"contactName": "${name()}", "contactPhone": "${phone()}"` }],
    ['anonymous', scan, { body: `${name()} ${phone()}` }],
    ['anonymous', scan, { body: [sowing.application(name(), phone())] }],
    ['anonymous', scan, { body: { ...sowing.application(name(), phone()), telephone: phone() } }],
    ['anonymous', scan, { body: { ...sowing.application(name(), phone()), kind: name(), amount: phone(), regionCode: phone() } }],
    ['anonymous', scan, { body: sowing.application(phone(), name()) }],
    ['anonymous', scan, { body: sowing.application(name().repeat(6), phone() + phone()) }],
    ['anonymous', scan, { body: sowing.application(`${name()}\u0000`, `${phone()}\ud800`) }],
    ['anonymous', scan, { body: { ...sowing.application(name(), phone()), creditCode: canaries.residentId(), enterpriseName: { [phone()]: name() } } }],
    ['anonymous', scan, { body: `${JSON.stringify(both())}${' '.repeat(1_100_000)}` }],
    ['anonymous', scan, { body: JSON.stringify(both()), type: 'text/plain' }],
    ['anonymous', scan, { body: new URLSearchParams(both()).toString(), type: 'application/x-www-form-urlencoded' }],
    ['anonymous', scan, { body: `${name()},${phone()}`, type: 'text/csv' }],
    echoed((text) => ['anonymous', scan, { body: { ...sowing.application(name(), phone()), [text]: phone() } }]),
    ['anonymous', '/v1/issues', { body: { ...sowing.complaint(name(), phone(), name()), nature: name(), registrantName: name().repeat(20) } }],
    ['anonymous', '/v1/issues', { body: { ...sowing.complaint(name(), phone(), name()), harborId: randomUUID() } }],
    ['bank', `/v1/issues/${issueId}/reply`, { body: { text: [name()] } }],
    ['bank', `/v1/issues/${randomUUID()}/reply`, { body: { text: name() } }],
    ['anonymous', `/v1/issues/${issueId}/confirmation`, { body: { satisfied: name(), comment: phone() }, secret: phone() }],
    ['bank', '/v1/harbor-people', { body: person({ phone: name() }) }],
    ['bank 1', '/v1/harbor-people', { body: person({}) }],
    ['bank', '/v1/harbor-people', { body: person({ validFrom: phone(), name: ` ${name()}` }) }],
    ['supervisor', '/v1/message-recipients', { body: { name: name(), mail: `${canaries.mail()} ${name()}`, mobile: canaries.mail(), subscriptions: [] } }],
    // who looks, and why
    ['bank', `/v1/demands/${randomUUID()}/contact-views`, { body: { reason: `找${name()}` } }],
    ['bank', `/v1/issues/${issueId}/contact-views`, { body: { reason: `${name()}\n${phone()}` } }],
    ['bank 1', `/v1/issues/${issueId}/contact-views`, { body: { reason: name(), phone: phone() } }],
    ['supervisor', `/v1/demands/${demandId}/contact-views`, { body: { reason: name() } }],
    ['bank', erasure, { body: { identifier: phone(), reason } }],
    ['security-administrator', erasure, { body: { identifier: phone() } }],
    ['security-administrator', erasure, { body: { identifier: [phone()], reason } }],
    ['security-administrator', erasure, { body: { identifier: phone(), reason, name: name() } }],
    ['security-administrator', erasure, { body: { identifier: name().repeat(60), reason } }],
    ['security-administrator', erasure, { body: `{"identifier": "${canaries.mail()}", "reason"` }],
    ['security-administrator', `/v1/operations/${phone()}/person-erasures`, { body: { identifier: phone(), reason } }],
    ['security-administrator', `/v1/operations/feedback/person-reports?identifier=${phone()}`, { body: { reason } }],
    ['system-administrator', '/v1/operations/partners/person-reports', { body: { identifier: canaries.mail(), reason } }],
    // lists
    ['department', list, csv(`企业名称,联系人,联系电话\n甲,${name()},${phone()}\n`)],
    ['department', list, csv(`企业名称,统一社会信用代码\n"${name()},${phone()}\n`)],
    ['department', list, csv(Buffer.concat([Buffer.from(`企业名称,统一社会信用代码,联系人\n甲,乙,${name()}\n`), Buffer.from([0x81, 0x20, 0x0a])]))],
    ['department', list, csv(Buffer.from(`企业名称,联系人\n甲,${name()}\n`, 'utf16le'))],
    ['department', list, csv(Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.from(name())]), 'application/octet-stream')],
    ['department', list, { body: { [name()]: phone() } }],
    ['bank', list, csv(`${name()},${phone()}\n`)],
    ['department', `${list}&${new URLSearchParams({ contact: phone() })}`, csv('企业名称\n甲\n')],
    // paths and queries
    ['bank', `/v1/demands/${phone()}`], ['anonymous', `/v1/scans/${encodeURIComponent(name())}`], ['bank', `/v1/${encodeURIComponent(name())}/${phone()}`],
    ['bank', `/v1/demands?contactPhone=${phone()}`], ['bank', `/v1/demands?cursor=${canaries.mail()}`], ['bank', `/v1/issues?state=${encodeURIComponent(name())}`],
    ['supervisor', `/v1/harbor-people?harborId=${phone()}`], ['bank', `/v1/requests/${phone()}`], ['anonymous', `/v1/demands/%${phone()}`],
    ['bank', `/v1/demands/${demandId}`, { method: 'PATCH', body: both() }],
    // headers
    ['anonymous', `/v1/demands/${demandId}`, { secret: phone() }],
    ['anonymous', scan, { body: {}, headers: { 'idempotency-key': phone() } }],
    ['anonymous', scan, { body: {}, headers: { 'idempotency-key': inHeader(name()) } }],
    ['anonymous', '/v1/demands', {
      headers: {
        'user-agent': phone(), referer: `https://example.cn/${phone()}`, cookie: `phone=${phone()}`, 'accept-language': inHeader(name()), traceparent: `00-${phone()}-1-01`,
        'x-request-id': canaries.mail(), 'x-forwarded-for': phone(), dpop: phone(), 'if-match': `"${phone()}"`, [`x-${phone()}`]: 'x', authorization: `Bearer ${canaries.mail()}`,
      },
    }],
    ['anonymous', '/v1/demands', { headers: { authorization: `Basic ${Buffer.from(`${name()}:${phone()}`).toString('base64')}` } }],
    // tokens
    ...forms.map((form): Refused => ['anonymous', '/oauth/token', { type: urlencoded, body: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString() }]),
    ['anonymous', '/oauth/introspection', { type: urlencoded, body: `token=${phone()}` }],
    ...inGraph(canaries),
  ];
}

/** The same in operations of the graph. What is wrong in the text of a query is repeated, values of variables are not. */
function inGraph(canaries: Canaries): Refused[] {
  const [field, argument, number, state] = [canaries.mail().split('@')[0], canaries.name(), canaries.phone(), canaries.name()];
  const query = 'query ($id: ID!) { demand(id: $id) { id } }';
  const ask = (body: unknown, more: Sending = {}): Refused => ['supervisor', '/graphql', { body, ...more }];
  return [
    ask({ query, variables: { id: canaries.phone() } }),
    ask({ query, variables: { id: { [canaries.phone()]: canaries.name() } } }),
    ask({ query, variables: { other: canaries.phone() } }),
    ask({ query, operationName: canaries.name(), variables: { id: randomUUID() } }),
    ask({ query: `{ demands { ${field} } }` }, { may: ['a piece of a mail'] }),
    ask({ query: `{ demand(id: "${argument}", phone: "${number}") { id } }` }),
    ask({ query: `{ demands(state: "${state}") { edges { node { id } } } }` }, { may: [state] }),
    ask({ query: `mutation { acknowledgeIssue(id: "${canaries.phone()}") { id } }` }),
    ask({ query: `# ${canaries.name()}\n{ demands {` }),
    ask(`{"query": "${canaries.name()}`),
    ask({ query, variables: canaries.name(), extensions: { persistedQuery: canaries.phone() } }),
    ['supervisor', `/graphql?query=${encodeURIComponent(`{ demand(id: "${canaries.phone()}") { id } }`)}`],
    ['anonymous', '/graphql', { body: { query, variables: { id: canaries.phone() } } }],
  ];
}

/** What is no request at all, and one whose sender goes away in the middle of it. */
export async function brokenOff({ fleet: { url }, canaries, scan, harborId }: Sowing): Promise<void> {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ harborId, registrantName: canaries.name(), registrantPhone: canaries.phone() });
  const sent = [
    `GET /v1/${canaries.phone()} HTTP/9.9\r\n\r\n`, `${canaries.phone()} ${canaries.name()}\r\n\r\n`,
    `POST /v1/issues HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000\r\nIdempotency-Key: ${randomUUID()}\r\n\r\n${body}`,
    `POST ${scan} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nIdempotency-Key: ${randomUUID()}\r\n\r\n${canaries.phone()}\r\n`,
    `GET /v1/harbors HTTP/1.1\r\nHost: ${canaries.mail()}\r\nX-Name: ${canaries.name()}\r\n ${canaries.phone()}\r\n\r\n`,
  ];
  for (const bytes of sent) {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined).resume();
    await once(socket, 'connect');
    socket.end(bytes);
    await once(socket, 'close');
  }
}
