import { newId } from '@finharbor/contracts/ids';
import type { Role } from '@finharbor/security/tokens/caller';
import type { TestFleet } from '@finharbor/testing/fleet';
import { Agent, fetch } from 'undici';
import { demands as wishes } from '../../../tools/demonstration/district.mjs';
import { generatedList } from '../../../tools/demonstration/list.mjs';

export interface Person {
  name: string;
  phone: string;
}

interface Asking {
  body?: unknown;
  type?: string;
  secret?: string;
  key?: string;
}

/** A POST that was answered, to be repeated. */
interface Given extends Asking {
  who: string;
  path: string;
  key: string;
  text: string;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Body = any;

const header = '企业名称,统一社会信用代码,联系人,联系电话';
/** As many enterprises as the traffic and the test push, beside those of the demonstration. */
const enterprises = generatedList(20_000).trim().split('\n').slice(1, 20_001).map((line) => line.split(',').slice(0, 2) as [name: string, creditCode: string]);
const pushedByDemonstration = 120;
/** Longer ago than any process takes to be replaced. */
const remembered = 200;
const renewMs = 120_000;

/** Businesses, banks and departments at work with people's data: they try nothing twice, and notice texts that are not as entered. */
export class FieldTraffic {
  readonly failures: string[] = [];
  /** What was acknowledged, and who it is about: demands and issues by id, contacts of lists by credit code. */
  readonly demands = new Map<string, Person & { bank: string }>();
  readonly issues = new Map<string, Person>();
  readonly contacts = new Map<string, Person>();
  readonly lists: string[] = [];
  views = 0;
  repeats = 0;
  requests = 0;
  private given: Given[] = [];
  private readonly agent = new Agent({ keepAliveTimeout: 1_000, keepAliveMaxTimeout: 1_000 });
  private readonly tokens = new Map<string, { text: Promise<string>; renewAt: number }>();
  private users: Promise<void>[] = [];
  private isStopped = false;
  private people = 0;
  private pushed = pushedByDemonstration;
  private codes: { code: string; harborId: string }[] = [];

  constructor(private readonly fleet: TestFleet) {}

  async begin(): Promise<void> {
    this.codes = (await this.must('bank', '/v1/loan-codes')).items;
    this.isStopped = false;
    const tell = (story: () => Promise<unknown>): Promise<void> => this.user(story);
    this.users = [
      tell(() => this.apply()), tell(() => this.apply()), tell(() => this.complain()),
      tell(() => this.push(5)), tell(() => this.look()), tell(() => this.repeat()),
    ];
  }

  /** Lets every story come to its end. */
  async pause(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.users);
  }

  /** What was answered is not asked for again: the services have forgotten it. */
  forget(): void {
    this.given = [];
  }

  async end(): Promise<void> {
    await this.pause();
    await this.agent.close();
  }

  /** A business applies and chooses, the bank accepts and looks whom to call. */
  async apply(person = this.person()): Promise<string> {
    const [enterpriseName, creditCode] = enterprises[this.people % pushedByDemonstration];
    const { code } = this.codes[0];
    const { demand: { id }, accessSecret: secret, matches } = await this.must('anonymous', `/v1/scans/${code}/demands`, { body: {
      ...wishes[0], enterpriseName, creditCode, kind: 'FIRST_LOAN', consent: true, contactName: person.name, contactPhone: person.phone, purpose: `轮换 ${newId()}`,
    } });
    const { productId, bankId } = matches.find(({ verdict }: Body) => verdict !== 'FAIL');
    await this.must('anonymous', `/v1/demands/${id}/choice`, { secret, body: { productId } });
    const bank = `bank ${this.fleet.clients.filter(({ role }) => role === 'bank').findIndex(({ organisationId }) => organisationId === bankId)}`;
    await this.must(bank, `/v1/demands/${id}/acceptance`, { body: {} });
    this.demands.set(id, { ...person, bank });
    await this.view(bank, `/v1/demands/${id}`, person);
    return id;
  }

  /** A business complains, the bank takes it up, replies and calls. */
  async complain(person = this.person()): Promise<string> {
    const text = `${person.name}要等四十天`;
    const { issue: { id } } = await this.must('anonymous', '/v1/issues', { body: {
      harborId: this.codes[0].harborId, nature: 'PAIN', channel: 'BOX', title: person.name, text, registrantName: person.name, registrantPhone: person.phone,
    } });
    this.issues.set(id, person);
    await this.must('bank', `/v1/issues/${id}/acknowledgement`, { body: {} });
    await this.must('bank', `/v1/issues/${id}/reply`, { body: { text: `回复${person.name}` } });
    await this.readIssue(id, person);
    await this.view('bank', `/v1/issues/${id}`, person);
    return id;
  }

  /** A department pushes a list, of the person alone where one is given. */
  async push(count: number, person?: Person): Promise<void> {
    const pushed = enterprises.slice(this.pushed, this.pushed += count);
    const rows = pushed.map(([name, creditCode]) => ({ name, creditCode, person: person ?? this.person() }));
    const title = `轮换 ${newId()}`;
    const body = [header, ...rows.map((row) => [row.name, row.creditCode, row.person.name, row.person.phone].join(','))].join('\n');
    const { acceptedCount } = await this.must('department', `/v1/push-lists?${new URLSearchParams({ title, period: '2026-Q4' })}`, { body, type: 'text/csv' });
    if (acceptedCount !== count) throw new Error(`${acceptedCount} of ${count} rows were accepted.`);
    this.lists.push(title);
    for (const row of rows) this.contacts.set(row.creditCode, row.person);
  }

  /** Looks at one of each that was entered before, under whichever key. */
  async look(): Promise<void> {
    if (this.demands.size === 0 || this.issues.size === 0) return;
    const [[demand, { bank, ...contact }], [issue, person]] = [pick([...this.demands]), pick([...this.issues])];
    await this.view(bank, `/v1/demands/${demand}`, contact);
    await this.readIssue(issue, person);
    await this.view('bank', `/v1/issues/${issue}`, person);
  }

  /** Sees a contact in the clear: as it was entered. */
  async view(who: string, record: string, { name, phone }: Person): Promise<void> {
    const seen = await this.must(who, `${record}/contact-views`, { body: { reason: '回访' } });
    if (seen.name !== name || seen.phone !== phone) throw new Error(`${record}: ${JSON.stringify(seen)} is not ${name} ${phone}.`);
    this.views += 1;
  }

  async readIssue(id: string, { name }: Person): Promise<void> {
    const { title, text, reply } = await this.must('bank', `/v1/issues/${id}`);
    if (title !== name || text !== `${name}要等四十天` || (reply !== null && reply !== `回复${name}`)) throw new Error(`Issue ${id} reads ${title}, ${text}, ${reply}.`);
  }

  /** Somebody whom nobody else is. */
  person(): Person {
    this.people += 1;
    return { name: `轮换${String(this.people).padStart(5, '0')}`, phone: `137${String(10_000_000 + this.people)}` };
  }

  /** The status and the text of an answer. */
  async ask(who: string, path: string, { body, type = 'application/json', secret, key = newId() }: Asking = {}): Promise<{ status: number; text: string }> {
    const authorization = who === 'anonymous' ? undefined : `Bearer ${await this.token(who)}`;
    this.requests += 1;
    const answer = await fetch(this.fleet.url + path, {
      method: body === undefined ? 'GET' : 'POST', body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body), dispatcher: this.agent,
      headers: {
        'x-request-id': key, ...(authorization && { authorization }), ...(secret && { 'access-secret': secret }),
        ...(body !== undefined && { 'content-type': type, 'idempotency-key': key }),
      },
    }).catch((error: Error) => { throw new Error(`${key} ${path}: ${error.message} ${String(error.cause)}`); });
    return { status: answer.status, text: await answer.text() };
  }

  async must(who: string, path: string, asking: Asking = {}): Promise<Body> {
    const key = newId();
    const { status, text } = await this.ask(who, path, { ...asking, key });
    if (status >= 300) throw new Error(`${key} ${path}: ${status} ${text}`);
    if (asking.body !== undefined) {
      this.given.push({ ...asking, who, path, key, text });
      if (this.given.length > remembered) this.given.shift();
    }
    return JSON.parse(text);
  }

  private async repeat(): Promise<void> {
    if (this.given.length === 0) return;
    const { text, who, path, ...asking } = pick(this.given);
    const again = await this.ask(who, path, asking);
    if (again.text !== text) throw new Error(`${asking.key} ${path} again: ${again.status} ${again.text} instead of ${text}`);
    this.repeats += 1;
  }

  private async user(story: () => Promise<unknown>): Promise<void> {
    while (!this.isStopped) {
      try {
        await story();
      } catch (error) {
        this.failures.push(`${new Date().toISOString().slice(11, 23)} ${(error as Error).message}`);
      }
      await new Promise((resolve) => { setTimeout(resolve, 60); });
    }
  }

  private token(who: string): Promise<string> {
    const known = this.tokens.get(who);
    if (known && known.renewAt > Date.now()) return known.text;
    const [role, index = '0'] = who.split(' ');
    const { clientId, clientSecret } = this.fleet.credentials(role as Role, Number(index));
    this.requests += 1;
    const text = fetch(`${this.fleet.url}/oauth/token`, {
      method: 'POST', body: 'grant_type=client_credentials', dispatcher: this.agent,
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    }).then(async (answer) => {
      if (!answer.ok) throw new Error(`No token for ${who}: ${answer.status} ${await answer.text()}`);
      return (await answer.json() as { access_token: string }).access_token;
    });
    text.catch(() => this.tokens.delete(who));
    this.tokens.set(who, { text, renewAt: Date.now() + renewMs });
    return text;
  }
}

const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)];
