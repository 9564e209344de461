import { catalogue, type EventName } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import { schemaOf } from '@finharbor/contracts/services';
import type { TestDatabase } from '@finharbor/testing/database';
import fc from 'fast-check';

/** An event whose ids are words such as `@bank1`: told twice, of two sets of things, it must have like effects. */
export interface Told {
  name: EventName;
  aggregate: string;
  version: number;
  payload: object;
}

const pick = (kind: string, count: number): fc.Arbitrary<string> => fc.integer({ min: 1, max: count }).map((number) => `@${kind}${number}`);

/** Facts in the order in which they became true, of a few organisations, harbors, products, enterprises, demands and issues. */
export const stories = (length: number): fc.Arbitrary<Told[]> => fc.array(fc.oneof(
  fc.record({ act: fc.constant('organisation' as const), of: pick('bank', 3), name: fc.string({ minLength: 1, maxLength: 6 }) }),
  fc.record({ act: fc.constant('product' as const), of: pick('product', 3), name: fc.string({ minLength: 1, maxLength: 6 }), published: fc.boolean() }),
  fc.record({ act: fc.constant('enterprises' as const), of: fc.uniqueArray(pick('enterprise', 4), { minLength: 1 }), name: fc.string({ minLength: 1, maxLength: 6 }) }),
  fc.record({ act: fc.constant('demand' as const), harbor: pick('harbor', 2), bank: pick('bank', 3), of: pick('enterprise', 4), approved: fc.boolean() }),
  fc.record({ act: fc.constant('issue' as const), harbor: pick('harbor', 2), closed: fc.boolean() }),
), { minLength: length, maxLength: length }).map((acts) => {
  const versions = new Map<string, number>();
  const next = (of: string): number => {
    const version = (versions.get(of) ?? 0) + 1;
    versions.set(of, version);
    return version;
  };
  const tell = (name: EventName, aggregate: string, payload: object): Told => ({ name, aggregate, version: next(aggregate), payload });
  const harbors = ['@harbor1', '@harbor2'].map((harborId) =>
    tell('harbor.registered', harborId, { harborId, number: harborId, name: harborId, hostBankId: '@bank1', areaCode: '500101' }));
  return [...harbors, ...acts.flatMap((act, number): Told[] => {
    switch (act.act) {
      case 'organisation': return [versions.has(act.of)
        ? tell('organisation.renamed', act.of, { organisationId: act.of, kind: 'BANK', name: act.name, validFrom: '2026-01-01' })
        : tell('organisation.registered', act.of, { organisationId: act.of, kind: 'BANK', name: act.name })];
      case 'product': return [act.published
        ? tell('product.published', act.of, { productId: act.of, bankId: '@bank1', name: act.name, eligibility: {} })
        : tell('product.suspended', act.of, { productId: act.of })];
      case 'enterprises': return [tell('enterprises.recorded', `@list${number}`, {
        enterprises: act.of.map((enterpriseId) => ({
          enterpriseId, version: next(enterpriseId), name: act.name, regionCode: `${500_100 + number}`, industryCode: null, sizeClass: 'MICRO', establishedOn: null,
        })),
      })];
      case 'demand': {
        const [demandId, facts] = [`@demand${number}`, { harborId: act.harbor, bankId: act.bank, enterpriseId: act.of }];
        return [
          tell('demand.submitted', demandId, { demandId, harborId: act.harbor }),
          tell('demand.accepted', demandId, { demandId, bankId: act.bank, enterpriseId: act.of, consentId: `@consent${number}` }),
          tell('demand.decided', demandId, { demandId, ...facts, outcome: act.approved ? 'APPROVED' : 'REJECTED', reasonCode: 'OTHER' }),
        ];
      }
      case 'issue': {
        const [issueId, facts] = [`@issue${number}`, { harborId: act.harbor }];
        const registered = tell('issue.registered', issueId, { issueId, ...facts });
        return act.closed ? [registered, tell('issue.closed', issueId, { issueId, ...facts })] : [registered];
      }
    }
  })];
});

/** Words and the ids they stand for; ids rise in the order in which the story names them, as they do in life. */
export class Cast {
  private readonly ids = new Map<string, string>();

  constructor(story: Told[]) {
    for (const told of story) this.put(JSON.stringify([told.aggregate, told.payload]));
  }

  /** The text with ids for words. */
  put(text: string): string {
    return text.replaceAll(/@[a-z]+\d+/g, (word) => {
      if (!this.ids.has(word)) this.ids.set(word, newId());
      return this.ids.get(word)!;
    });
  }

  /** The text with words for ids. */
  take(text: string): string {
    let result = text;
    for (const [word, id] of this.ids) result = result.replaceAll(id, word);
    return result;
  }

  has(text: string): boolean {
    return [...this.ids.values()].some((id) => text.includes(id));
  }
}

/** Writes events into the outboxes of their producers, in the order given; what is given twice is the same event twice. */
export async function tellAll(database: TestDatabase, cast: Cast, told: Told[]): Promise<void> {
  const ids = new Map(told.map((one) => [one, newId()]));
  for (const one of told) {
    const [aggregate, payload] = [cast.put(one.aggregate), cast.put(JSON.stringify(one.payload))];
    catalogue[one.name].payload.parse(JSON.parse(payload));
    await database.query(
      `insert into ${schemaOf(catalogue[one.name].producer)}.outbox (event_id, name, org_id, aggregate_id, aggregate_version, payload)
       values ($1, $2, $3, $3, $4, $5)`, [ids.get(one), one.name, aggregate, one.version, payload]);
  }
}
