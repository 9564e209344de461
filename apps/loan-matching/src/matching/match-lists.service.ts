import { ApplicantKind, type KnownFacts } from '@finharbor/contracts/eligibility/facts';
import { SizeClass } from '@finharbor/contracts/vocabulary';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { checkIndustryCode } from '@finharbor/standards/industries';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { Catalogue } from './catalogue.js';
import type { MatchList } from './match-lists.js';
import { MatchOutcome } from './matching.js';
import { fullMonthsBetween } from './months.js';

const verdicts = [MatchOutcome.PASS, MatchOutcome.UNKNOWN];

/** What the enterprise master tells of an enterprise. */
interface Listed {
  id: string;
  regionCode: string | null;
  industryCode: string | null;
  sizeClass: SizeClass;
  establishedOn: string | null;
  kind: string | null;
  tags: string[] | null;
}

/** Matches a whole list of enterprises with every product on offer, by what the master tells. Without reasons: those are for one need. */
@Injectable()
export class MatchListsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly catalogue: Catalogue,
  ) {}

  match(caller: Caller, enterpriseIds: readonly string[]): Promise<MatchList> {
    return this.tenancy.asWorker('match-list', caller, async (tx) => {
      const { version, ranked } = await this.catalogue.now(tx);
      const known = await tx.query<Listed>(
        `select id, region_code as "regionCode", industry_code as "industryCode", size_class as "sizeClass", established_on::text as "establishedOn", kind, tags
         from unnest($1::uuid[]) with ordinality as asked (id, place) join loan_matching.enterprise_copies using (id) order by place`, [enterpriseIds],
      );
      const today = localDate(new Date());
      const items = known.map((enterprise) => {
        const { items: best, passed, open } = ranked.page(listedFacts(enterprise, today), { limit: 3, verdicts });
        const products = best.map(({ product: { productId, bankId }, verdict }) => ({ productId, bankId, verdict }));
        return { enterpriseId: enterprise.id, passed, open, best: products };
      });
      return { items, catalogueVersion: String(version), rankingVersion: ranked.ranking.version };
    });
  }
}

function listedFacts({ regionCode, industryCode, sizeClass, establishedOn, kind, tags }: Listed, today: string): KnownFacts {
  const industry = industryCode === null ? undefined : checkIndustryCode(industryCode);
  return {
    ...(regionCode !== null && { region: regionCode }),
    ...(industry && !industry.problem && { industry: industry.code }),
    ...(sizeClass !== SizeClass.UNKNOWN && { sizeClass }),
    ...(establishedOn !== null && { ageOfBusiness: String(fullMonthsBetween(establishedOn, today)) }),
    ...(kind !== null && kind in ApplicantKind && { applicantKind: kind }),
    ...(tags !== null && { tags }),
  };
}
