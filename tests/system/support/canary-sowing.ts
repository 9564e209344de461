import { randomUUID } from 'node:crypto';
import type { Role } from '@finharbor/security/tokens/caller';
import type { TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import { demands as wishes } from '../../../tools/demonstration/district.mjs';
import { recommendAll } from './review.js';
import { generatedList } from '../../../tools/demonstration/list.mjs';
import { type Canaries, fullWidth, gb18030 } from './canaries.js';

export interface Sending {
  method?: string;
  /** An object is sent as JSON, text and bytes as they are. */
  body?: unknown;
  type?: string;
  headers?: Record<string, string>;
  /** Of whoever has an access secret. */
  secret?: string;
  /** What the answer may say of all that was planted: whom it discloses, or what it repeats of this very request. */
  may?: string[];
}

export interface Heard {
  request: string;
  status: number;
  text: string;
  may: string[];
}

/** Somebody who comes as a role, the first of its organisations unless a number is given: `bank 2`. */
type As = Role | `${Role} ${number}`;

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Body = any;

interface Contact {
  name: string;
  phone: string;
}

interface Demand extends Contact {
  id: string;
}

const header = '企业名称,统一社会信用代码,联系人,联系电话,从业人员';
/** Rows that the demonstration did not push, of which each is used once. */
const rows = generatedList(200).trim().split('\n').slice(121, 200).map((line) => line.split(',').slice(0, 2).join(','));
/** Businesses that it did. */
const businesses = generatedList(120).trim().split('\n').slice(1, 121).map((line) => line.split(','));

/** Enters personal data wherever the public API takes some, as those do who are meant to, and reads it as they do. */
export class Sowing {
  readonly heard: Heard[] = [];
  private readonly tokens = new Map<As, Promise<string>>();
  /** Where a business applies, and where it complains: at a harbor of the first bank. */
  scan!: string;
  harborId!: string;
  private sown = 0;

  constructor(readonly fleet: TestFleet, readonly canaries: Canaries) {}

  async begin(): Promise<void> {
    const { items } = await this.must('bank', '/v1/loan-codes') as { items: { code: string; harborId: string }[] };
    this.scan = `/v1/scans/${items[0].code}/demands`;
    this.harborId = items[0].harborId;
  }

  async ask(as: As, path: string, { method, body, type = 'application/json', headers, secret, may = [] }: Sending = {}): Promise<Heard> {
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    const token = as === 'anonymous' ? undefined : await this.token(as);
    const verb = method ?? (body === undefined ? 'GET' : 'POST');
    const answer = await fetch(this.fleet.url + path, {
      method: verb, body: (body === undefined || isRaw ? body : JSON.stringify(body)) as never,
      headers: {
        accept: 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...(secret && { 'access-secret': secret }),
        ...(body !== undefined && { 'content-type': type }), ...(verb === 'POST' && { 'idempotency-key': randomUUID() }), ...headers,
      },
    });
    const text = `${[...answer.headers].map((one) => one.join(': ')).join('\n')}\n${await answer.text()}`;
    const heard = { request: `${as}: ${verb} ${path.slice(0, 80)}`, status: answer.status, text, may };
    this.heard.push(heard);
    return heard;
  }

  /** The body of an answer that is a success. */
  async must(as: As, path: string, sending: Sending = {}): Promise<Body> {
    const { status, text } = await this.ask(as, path, sending);
    const body = JSON.parse(text.slice(text.lastIndexOf('\n') + 1) || 'null') as Body;
    if (status >= 300 || body?.errors) throw new Error(`${path}: ${status} ${text}`);
    return body;
  }

  graph(as: As, query: string, variables: object = {}, may: string[] = []): Promise<Body> {
    return this.must(as, '/graphql', { body: { query, variables }, may });
  }

  /** A demand that a bank accepted, whose contact it looked at. */
  async demand(): Promise<Demand> {
    const [name, phone] = [this.canaries.name(), this.canaries.phone()];
    const { demand: { id }, accessSecret: secret, matches } = await this.must('anonymous', this.scan, { body: this.application(name, phone) });
    const match = matches.find(({ verdict }: Body) => verdict !== 'FAIL');
    await this.must('anonymous', `/v1/demands/${id}/choice`, { secret, body: { productId: match.productId } });
    const place = this.fleet.clients.filter(({ role }) => role === 'bank').findIndex(({ organisationId }) => organisationId === match.bankId);
    const bank: As = `bank ${place}`;
    await this.must(bank, `/v1/demands/${id}/acceptance`, { body: {} });
    const contact = await this.must(bank, `/v1/demands/${id}/contact-views`, { body: { reason: '核实资料' }, may: [name, phone] });
    expect(contact).toEqual({ name, phone });
    for (const [as, path] of [[bank, ''], [bank, '/trail'], ['supervisor', ''], ['supervisor', '/matches']] as const) await this.must(as, `/v1/demands/${id}${path}`);
    await this.must('anonymous', `/v1/demands/${id}`, { secret });
    await this.graph(bank, 'query ($id: ID!) { demand(id: $id) { contactName contactPhone enterpriseName trail { step by } } }', { id });
    return { id, name, phone };
  }

  /** A natural person of the special groups, whose resident ID, age and group are kept, and who is matched again by them. */
  async naturalPerson(): Promise<{ phone: string; texts: string[] }> {
    const [name, phone, residentId] = [this.canaries.name(), this.canaries.phone(), this.canaries.residentId()];
    const body = {
      ...this.application(name, phone), enterpriseName: undefined, creditCode: undefined, applicantKind: 'NATURAL_PERSON', purposeKind: 'START_UP', residentId,
      specialGroups: ['VETERAN'],
    };
    const { application: { id }, accessSecret: secret } = await this.must('anonymous', this.scan, { body });
    await this.must('anonymous', `/v1/applications/${id}/matches`, { secret });
    expect(await this.must('supervisor', `/v1/applications/${id}/match-reproduction`)).toMatchObject({ isSame: true, withheld: [] });
    return { phone, texts: [name, phone, residentId] };
  }

  application(name: string, phone: string): Record<string, unknown> {
    const [enterpriseName, creditCode] = businesses[this.sown += 1];
    return { enterpriseName, creditCode, kind: 'FIRST_LOAN', consent: true, contactName: name, contactPhone: phone, ...wishes[0] };
  }

  complaint(name: string, phone: string, told: string): Record<string, unknown> {
    return { harborId: this.harborId, nature: 'PAIN', channel: 'BOX', title: `${told}的难题`, text: `${told}来过`, registrantName: name, registrantPhone: phone };
  }

  /** An issue whose every text names somebody, all of which the bank, the branch and the registrant are shown. */
  async issue(): Promise<{ id: string; phone: string; texts: string[] }> {
    const { canaries } = this;
    const [name, phone, told, answered, remarked] = [canaries.name(), canaries.phone(), `${canaries.residentId()} ${canaries.mail()}`, canaries.name(), canaries.phone()];
    const may = [...told.split(' '), answered, remarked];
    const { issue: { id }, accessSecret: secret } = await this.must('anonymous', '/v1/issues', { body: this.complaint(name, phone, told), may });
    const bank = 'bank';
    await this.must(bank, `/v1/issues/${id}/acknowledgement`, { body: {}, may });
    await this.must(bank, `/v1/issues/${id}/reply`, { body: { text: `已联系${answered}` }, may });
    await this.must('anonymous', `/v1/issues/${id}/confirmation`, { secret, body: { satisfied: false, comment: `请打${remarked}` }, may });
    expect(await this.must(bank, `/v1/issues/${id}/contact-views`, { body: { reason: '回访' }, may: [name, phone] })).toEqual({ name, phone });
    for (const path of ['', '/trail']) {
      await this.must(bank, `/v1/issues/${id}${path}`, { may });
      await this.must('supervisor', `/v1/issues/${id}${path}`, { may });
    }
    await this.graph('supervisor', 'query ($id: ID!) { issue(id: $id) { title text reply registrantName registrantPhone trail { note } } }', { id }, may);
    return { id, phone, texts: [name, phone, ...may] };
  }

  /** Somebody at a harbor. */
  async person(as: As, change: object = {}): Promise<Contact> {
    const [name, phone] = [this.canaries.name(), this.canaries.phone()];
    const body = { harborId: this.harborId, post: 'CREDIT_OFFICER', name, phone, validFrom: '2024-01-01', ...change };
    const { id } = await this.must(as, '/v1/harbor-people', { body });
    await this.must(as, '/v1/harbor-people');
    for (const who of [as, 'supervisor'] as const) {
      expect(await this.must(who, `/v1/harbor-people/${id}/contact-views`, { body: { reason: '值班联系' }, may: [name, phone] })).toEqual({ name, phone });
    }
    await this.graph('supervisor', '{ harborPeople(first: 5) { edges { node { name phone } } } }');
    return { name, phone };
  }

  /** Somebody at the bank who is told of new issues: by mail and SMS, ways that both end in nothing. */
  async recipient(): Promise<Contact & { mail: string }> {
    const [name, mail, phone] = [this.canaries.name(), this.canaries.mail(), this.canaries.phone()];
    const subscriptions = ['MAIL', 'SMS'].map((channel) => ({ kind: 'ISSUE_REGISTERED', channel }));
    const { id } = await this.must('bank', '/v1/message-recipients', { body: { name, mail, mobile: phone, subscriptions } });
    for (const path of ['', `/${id}`]) await this.must('bank', `/v1/message-recipients${path}`);
    return { name, mail, phone };
  }

  /** Lists in every encoding, with contacts in good rows and in rows where something is in the wrong place. */
  async lists(): Promise<Contact[]> {
    const { canaries } = this;
    const contacts: Contact[] = [];
    const good = (write = (phone: string): string => phone): string => {
      const [name, phone] = [canaries.name(), canaries.phone()];
      contacts.push({ name, phone });
      return `${rows[this.sown += 1]},${name},"${write(phone)}",12`;
    };
    const [company] = rows[0].split(',');
    const wrong = (): string[] => [
      `${rows[this.sown += 1]},${canaries.phone()},${canaries.name()},12`, `${company},${canaries.residentId()},${canaries.name()},${canaries.phone()},12`,
      `${company},${canaries.phone()},${canaries.name()},,12`, `${rows[this.sown += 1]},,${canaries.mail()},12`,
      `${rows[this.sown += 1]},${canaries.name()}\u0001,${canaries.phone()},12`, `${company},${canaries.name()},${canaries.phone()}`,
      `${rows[this.sown += 1]},${canaries.name()},${canaries.phone()},${canaries.mail()}`,
    ];
    const text = (lines: string[]): string => `${[header, ...lines].join('\n')}\n`;
    const files: [string | Buffer, type?: string][] = [
      [text([good(), ...wrong()])], [`\ufeff${text([good(fullWidth), ...wrong()])}`, 'application/octet-stream'], [gb18030(text([good(), ...wrong()]))],
    ];
    for (const [body, type = 'text/csv'] of files) {
      const query = new URLSearchParams({ title: '名单', period: '2026-Q4' });
      const { id, acceptedCount, rejectedCount } = await this.must('department', `/v1/push-lists?${query}`, { body, type });
      expect([acceptedCount, rejectedCount]).toEqual([1, 7]);
      for (const path of ['', '/entries', '/rejections']) await this.must('department', `/v1/push-lists/${id}${path}`);
      await this.graph('supervisor', 'query ($id: ID!) { pushList(id: $id) { entries { edges { node { enterprise { contactName contactPhone } } } } rejections { edges { node { message value } } } } }', { id });
      await this.graph('supervisor', `mutation ($id: ID!) { ${recommendAll} approvePushList(id: $id) { id } }`, { id });
      await this.graph('supervisor', 'mutation ($id: ID!) { dispatchPushList(id: $id, channel: INCLUSIVE) { id } }', { id });
      await this.imported(body, type);
    }
    return contacts;
  }

  /** The same list as an import, which stays staged, with all that is told of it. */
  private async imported(body: string | Buffer, type: string): Promise<void> {
    const { id } = await this.must('department', '/v1/imports', { body: { title: '名单', period: '2026-11', dryRun: true } });
    await this.must('department', `/v1/imports/${id}/file`, { method: 'PUT', body, type });
    await until('the import is checked', async () => (await this.must('department', `/v1/imports/${id}`)).busy === false);
    expect(await this.must('department', `/v1/imports/${id}`)).toMatchObject({ state: 'VALIDATED', acceptedCount: 1, rejectedCount: 7 });
    const sets = ['accepted', 'rejected', 'unprocessed', 'warnings'].flatMap((set) => ['csv', 'ndjson'].map((format) => `results/${set}?format=${format}`));
    for (const path of [...sets, 'changes']) expect((await this.ask('department', `/v1/imports/${id}/${path}`)).status).toBe(200);
  }

  /** What every service holds on somebody is reported, or erased. */
  async records(what: 'person-reports' | 'person-erasures', identifier: string, services: readonly string[], may: string[] = []): Promise<number> {
    let found = 0;
    for (const service of services) {
      const { records, complete } = await this.must('security-administrator', `/v1/operations/${service}/${what}`, { body: { identifier, reason: '本人申请' }, may });
      expect([service, complete]).toEqual([service, true]);
      found += records.length;
    }
    return found;
  }

  private token(as: As): Promise<string> {
    const known = this.tokens.get(as);
    if (known) return known;
    const [, role, index = '0'] = /^([a-z-]+)(?: (\d+))?$/.exec(as)!;
    const { clientId, clientSecret } = this.fleet.credentials(role as Role, Number(index));
    const asked = fetch(`${this.fleet.url}/oauth/token`, {
      method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }), headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    }).then(async (answer) => (await answer.json() as { access_token: string }).access_token);
    this.tokens.set(as, asked);
    return asked;
  }
}
