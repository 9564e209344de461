import type { Caller } from '@finharbor/security/tokens/caller';
import type { Story } from './support.js';

export const criteria = ['GOOD_PROSPECTS', 'STRONG_DEMAND', 'SOUND_CREDIT', 'LAWFUL_OPERATION', 'FIXED_PREMISES', 'REAL_DEMAND', 'GOOD_CREDIT_STANDING', 'LAWFUL_PURPOSE'];

export interface Row {
  id: string;
  row: number;
  state: string;
  stateReason: string | null;
}

export interface Gap {
  id: string;
  row: number;
  outsideReason: string | null;
  gaps: { criterion: string; kind: string }[];
}

const types: Record<string, string> = {
  id: 'ID!', reason: 'String!', entryIds: '[ID!]', filter: 'ListEntryFilter', dryRun: 'Boolean', assertions: '[AssertionInput!]!', source: 'WithdrawalSource',
};

/** What supervisors and departments do at a review, over the API. */
export class Review {
  constructor(private readonly story: Story) {}

  async push(text: string, as = this.story.department): Promise<string> {
    return (await this.story.upload(text, { as }).expect(201)).body.id as string;
  }

  async mutate(
    name: string, variables: Record<string, unknown>, fields: string, as = this.story.supervisor,
  ): Promise<{ data?: Record<string, any>; code?: string; message?: string }> { // eslint-disable-line @typescript-eslint/no-explicit-any
    const names = Object.keys(variables);
    const answer = await this.story.app.graphql(as, `mutation (${names.map((key) => `$${key}: ${types[key]}`).join(', ')}) {
      ${name}(${names.map((key) => `${key}: $${key}`).join(', ')}) { ${fields} } }`, variables);
    return { data: answer.data?.[name], code: answer.errors?.[0].extensions?.code, message: answer.errors?.[0].message };
  }

  /** Vouches for criteria; gives on how many rows. */
  async assert(id: string, assertions: object[], more: object = {}): Promise<number> {
    const { data, code } = await this.mutate('assertCriteria', { id, assertions, ...more }, 'entryCount');
    expect(code).toBeUndefined();
    return data!.entryCount as number;
  }

  /** Gives how many were recommended, how many lack something, and these rows. */
  async recommend(id: string, more: object = {}): Promise<[recommended: number, lacking: number, gaps: Gap[]]> {
    const { data, code } = await this.mutate('recommendListEntries', { id, ...more },
      'recommendedCount gapCount gaps { edges { node { id row outsideReason gaps { criterion kind } } } }');
    expect(code).toBeUndefined();
    return [data!.recommendedCount, data!.gapCount, data!.gaps.edges.map(({ node }: { node: Gap }) => node)];
  }

  rows(id: string, as: Caller = this.story.department): Promise<Row[]> {
    return this.story.all<Row>(as, `/v1/push-lists/${id}/entries`);
  }

  async states(id: string): Promise<string[]> {
    return (await this.rows(id)).map(({ state }) => state);
  }

  /** Asks the database itself, in a role that the service takes. Nothing stays. */
  async as<Result>(role: 'app' | 'supervisor' | 'worker', organisationId: string | null, sql: string, parameters: unknown[] = []): Promise<Result[]> {
    const { database } = this.story.app;
    await database.query('begin');
    try {
      await database.query(`select set_config('role', $1, true), set_config('app.org', $2, true)`, [`enterprise_lists_${role}`, organisationId ?? '']);
      return await database.query<Result>(sql, parameters);
    } finally {
      await database.query('rollback');
    }
  }
}

/** An assertion of criteria, as the API takes it. */
export const vouch = (which = criteria, met = true): object => ({ criteria: which, met, evidence: met ? '走访记录' : '已停业' });
