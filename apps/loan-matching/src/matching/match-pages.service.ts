import { DomainError } from '@finharbor/contracts/errors';
import { Cursors } from '@finharbor/platform/http/cursors';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { findApplication, onApplication } from '../applications/application-access.js';
import type { Application } from '../applications/application.entity.js';
import type { ExplainedPage } from './explained.js';
import { Match } from './match.entity.js';
import type { ExposureQuery, MatchesQuery, MatchExposure, MatchPage, MatchReproduction } from './match-pages.js';
import { matchesOf, toMatches } from './matches.js';
import { keptMatches, Matching } from './matching.service.js';

const longest = 366;

/** Reading matches of applications, and what banks have of them. */
@Injectable()
export class MatchPagesService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly cursors: Cursors,
    private readonly matching: Matching,
  ) {}

  /** A page of the matches of now, however many products there are. */
  now(caller: Caller, id: string, { limit, cursor, verdict }: MatchesQuery): Promise<MatchPage> {
    return onApplication(this.tenancy, caller, async (tx) => {
      const application = await findApplication(tx, id);
      mustBeMatched(application);
      const facts = await this.matching.factsOf(tx, application);
      const scope = { list: 'Application.matches', organisationId: caller.organisationId, filter: { id, verdict } };
      const [version, from] = cursor ? this.cursors.open(cursor, scope).split(':') : [null, '0'];
      const options = { from: Number(from), limit: limit + 1, ...(verdict && { verdicts: [verdict] }) };
      const page = await this.matching.page(tx, facts, options);
      if (version !== null && version !== page.catalogueVersion) throw new DomainError('CURSOR_EXPIRED', 'The catalogue changed: begin with the first page.');
      const nextCursor = page.items.length > limit ? this.cursors.seal(`${page.catalogueVersion}:${options.from + limit}`, scope) : null;
      return { ...await shown(tx, id, { ...page, items: page.items.slice(0, limit) }), nextCursor };
    });
  }

  /** The answer that was given when it was submitted, or when it was verified later, made again from what was kept. */
  again(caller: Caller, id: string): Promise<MatchReproduction> {
    return onApplication(this.tenancy, caller, async (tx) => {
      const application = await findApplication(tx, id);
      const { catalogueVersion, rankingVersion } = mustBeMatched(application);
      const facts = await this.matching.factsOf(tx, application);
      const page = await shown(tx, id, await this.matching.again(tx, { facts, catalogueVersion, rankingVersion }, { limit: keptMatches }));
      const kept = await matchesOf(tx, [id]);
      return { ...page, nextCursor: null, isSame: answerOf(page.items) === answerOf(kept), withheld: facts.withheld };
    });
  }

  /** Each bank reads its own part alone. */
  exposure(caller: Caller, { from, to }: ExposureQuery): Promise<MatchExposure[]> {
    const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
    if (!(days >= 0 && days <= longest)) {
      throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'to', rule: 'range', message: `to must lie at most ${longest} days behind from` }]);
    }
    if (caller.role !== 'bank') return this.tenancy.run(caller, (tx) => exposureOf(tx, from, to, null));
    // A share needs the whole, which no bank may see.
    return this.tenancy.asWorker('exposure', caller, (tx) => exposureOf(tx, from, to, tx.organisationId));
  }
}

/** An application of before there were kept facts, or of a referral, was matched with nothing that could be shown. */
function mustBeMatched({ catalogueVersion, rankingVersion }: Application): { catalogueVersion: string; rankingVersion: number } {
  if (catalogueVersion === null || rankingVersion === null) throw new DomainError('ILLEGAL_STATE', 'It was not matched with facts that are kept.');
  return { catalogueVersion, rankingVersion };
}

const shown = async (tx: Tx, id: string, { items, catalogueVersion, rankingVersion }: ExplainedPage): Promise<Omit<MatchPage, 'nextCursor'>> =>
  ({ items: await toMatches(tx, id, items), catalogueVersion, rankingVersion });

/** Without the present names of banks, which are no part of it. */
const answerOf = (matches: readonly Match[]): string => JSON.stringify(matches.map((match) => {
  const { productId, bankId, productName, verdict, position, rules, factors } = match;
  return [productId, bankId, productName, verdict, position, rules.map(sorted), factors?.map(sorted)];
}));

/** jsonb keeps keys in an order of its own. */
const sorted = (record: object): unknown =>
  Object.entries(record).filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));

/** A share of few would tell of others: below so many places none is told to a bank. */
const few = 20;

const exposureOf = (tx: Tx, from: string, to: string, bankId: string | null): Promise<MatchExposure[]> => tx.query<MatchExposure>(
  `with banks as (select bank_id, count(*)::int as shown, count(*) filter (where position = 1)::int as first
     from loan_matching.matches where shown_on between $1 and $2 and position <= 10 and verdict <> 'FAIL' group by bank_id)
   select bank_id as "bankId", shown, first, case when $3::uuid is null or total >= $4 then round(100.0 * shown / total)::int end as "sharePercent"
   from banks, (select sum(shown) as total from banks) of where $3::uuid is null or bank_id = $3 order by shown desc, bank_id`,
  [from, to, bankId, few],
);
