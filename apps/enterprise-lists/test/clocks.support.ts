import { newId } from '@finharbor/contracts/ids';
import { ReferenceDataKind } from '@finharbor/contracts/vocabulary';
import { Due } from '@finharbor/platform/due/due';
import type { Caller } from '@finharbor/security/tokens/caller';
import type { TestApp } from '@finharbor/testing/app';
import { until } from '@finharbor/testing/until';
import { Story } from './support.js';

export interface ToldClock {
  id: string; kind: string; state: string; organisationId: string; subjectId: string;
  dueAt: string | null; breachedAt: string | null; stoppedAt: string | null;
  days: number; source: string; openCount: number; minutesLeft: number | null;
}
interface Told {
  name: string; org: string; p: { clockId: string; kind: string; subjectId: string; count: number; workingDaysLeft?: number };
}

/** Clocks of a story, and the time that passes for them. */
export class ClockStory {
  private version = 0;

  private constructor(readonly story: Story, private readonly schedulers: TestApp[]) {}

  static async begin(): Promise<ClockStory> {
    const story = await Story.begin();
    return new ClockStory(story, [story.app]);
  }

  /** A further process looks after the clocks. */
  alsoBy(app: TestApp): void {
    this.schedulers.push(app);
  }

  async clocks(as: Caller = this.story.supervisor, query = ''): Promise<ToldClock[]> {
    return this.story.all<ToldClock>(as, `/v1/clocks${query}`);
  }

  /** The clocks of a list: of its review, or of a bank's referrals. */
  async of(pushListId: string, bank?: Caller): Promise<Record<string, ToldClock>> {
    const dispatches = await this.query<{ id: string }>('select distinct dispatch_id as id from enterprise_lists.referrals where push_list_id = $1', [pushListId]);
    const subjects = [pushListId, ...dispatches.map(({ id }) => id)];
    const own = (await this.clocks()).filter((clock) => subjects.includes(clock.subjectId));
    const held = own.filter(({ organisationId }) => !bank || organisationId === bank.organisationId);
    return Object.fromEntries(held.map((clock) => [clock.kind, clock]));
  }

  /** What comes next for these clocks comes now, and all schedulers see it at once. */
  async comes(...ids: string[]): Promise<void> {
    await this.query(`update enterprise_lists.due set due_at = now() where kind = 'clock' and aggregate_id = any($1::uuid[])`, [ids]);
    await this.handled();
  }

  async handled(): Promise<void> {
    await until('no clock is due', async () => {
      await Promise.all(this.schedulers.map(({ app }) => app.get(Due).handleNext()));
      const [{ open }] = await this.query<{ open: number }>(`select count(*)::int as open from enterprise_lists.due where kind like 'clock%' and due_at <= now()`);
      return open === 0;
    });
    await this.story.app.settle();
  }

  /** Lets a clock have begun at an instant, and its rows with it. */
  async beganAt(clock: ToldClock, at: string): Promise<void> {
    await this.query(
      `update enterprise_lists.clocks set started_at = $2, started_on = ($2::timestamptz at time zone 'Asia/Shanghai')::date,
         trail = jsonb_build_array(jsonb_build_object('kind', 'START', 'at', $2::text)) where id = $1`, [clock.id, at]);
    await this.query('update enterprise_lists.referrals set delivered_at = $2 where dispatch_id = $1', [clock.subjectId, at]);
    await this.query(
      `insert into enterprise_lists.due (kind, aggregate_id, org_id, due_at) values ('clock.correction', '00000000-0000-0000-0000-000000000000', $1, now())
       on conflict (kind, aggregate_id) do update set due_at = now()`, [newId()]);
    await this.handled();
  }

  /** Reference data arrive, and every clock is read anew. */
  async changed(kind: 'CALENDAR' | 'SLA', rows: { key: string; data: Record<string, unknown> | null }[]): Promise<void> {
    this.version += 1;
    await this.story.app.deliver('reference-data.changed', { kind: ReferenceDataKind[kind], rows }, { version: this.version });
    await this.handled();
  }

  /** What was told of a clock, in its order, as `name`. */
  async told(clock: { id: string }): Promise<Told[]> {
    const rows = await this.query<{ told: Told }>(
      `select told from (
         select jsonb_build_object('name', name, 'org', org_id, 'v', aggregate_version, 'p', payload) as told, aggregate_id from enterprise_lists.outbox union
         select jsonb_build_object('name', event ->> 'n', 'org', event ->> 'o', 'v', event -> 'v', 'p', event -> 'p'), (event ->> 'a')::uuid
         from enterprise_lists.delivery, jsonb_array_elements(body::jsonb) event) all_told
       where aggregate_id = $1 and told ->> 'name' like 'list-clock.%' order by told -> 'v'`, [clock.id]);
    return rows.map(({ told }) => told);
  }

  async names(clock: { id: string }): Promise<string[]> {
    return (await this.told(clock)).map(({ name, p }) => [name.replace('list-clock.', ''), ...(p.workingDaysLeft === undefined ? [] : [p.workingDaysLeft])].join(' '));
  }

  query<Row = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.story.app.database.query<Row>(sql, parameters);
  }
}
