import { DomainError } from '@finharbor/contracts/errors';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import type { Application } from '../applications/application.entity.js';
import { isOnOffer } from '../copies/copies.js';
import type { Demand } from '../demands/demand.entity.js';
import { matchesOf } from '../matching/matches.js';
import { MatchOutcome } from '../matching/matching.js';
import { Matching } from '../matching/matching.service.js';

/** A product that an application may go to, and its bank. */
export interface Candidate {
  productId: string;
  bankId: string;
}

const refused = (field: string, rule: string, message: string): DomainError =>
  new DomainError('VALIDATION_FAILED', undefined, [{ field, rule, message }]);

/** So many matches are kept with an application; what ranks behind them is matched again when it is chosen. */
const kept = 50;

/** Finds where an application may go. */
@Injectable()
export class Candidates {
  constructor(private readonly matching: Matching) {}

  /** Of a product that somebody chose: among the matches, not failing, on offer, of a bank that has not had the application. */
  async chosen(tx: Tx, application: Application, productId: string, field: string, hadBy: readonly string[]): Promise<Candidate> {
    const matches = await matchesOf(tx, [application.id]);
    const match = matches.find((one) => one.productId === productId)
      ?? (matches.length >= kept ? await this.matching.matchOne(tx, application, productId) : undefined);
    if (!match) throw refused(field, 'match', `${field} is none of the matches of this demand`);
    if (match.verdict === MatchOutcome.FAIL) throw refused(field, 'verdict', `${field} is a product whose rules this demand does not keep`);
    if (!await isOnOffer(tx, productId)) throw refused(field, 'onOffer', `${field} is not on offer any more`);
    if (hadBy.includes(match.bankId)) throw refused(field, 'bankOnce', `${field} is of a bank that has or had this application`);
    return { productId, bankId: match.bankId };
  }

  /**
   * The best product that fits, of any bank or of one, over the catalogue of now; never of a bank that had the application. An application
   * from before there were kept facts goes by its matches.
   */
  async best(tx: Tx, application: Application, hadBy: readonly string[], bankId?: string): Promise<Candidate | undefined> {
    const fits = 'facts' in application.facts
      ? await this.matching.fitting(tx, application, { exceptBanks: hadBy, limit: bankId ? 1_000 : 1 })
      : (await matchesOf(tx, [application.id])).filter(({ verdict }) => verdict !== MatchOutcome.FAIL);
    for (const { productId, bankId: of } of fits) {
      if (!hadBy.includes(of) && (!bankId || of === bankId) && await isOnOffer(tx, productId)) return { productId, bankId: of };
    }
    return undefined;
  }
}

/** The bank whose harbor covers the area of the enterprise (包片服务, H-081), else that of the harbor it came to. */
export async function hostBankOf(tx: Tx, { regionCode, harborId }: Demand): Promise<string | undefined> {
  const [host] = await tx.query<{ id: string }>(
    `select host_bank_id as id from loan_matching.harbor_copies where $1::text like area_code || '%' or id = $2
     order by ($1::text like area_code || '%') desc nulls last, length(area_code) desc, id limit 1`, [regionCode, harborId]);
  return host?.id;
}

/** Refuses a product that is none of the bank's own on offer. */
export async function mustOffer(tx: Tx, bankId: string, productId: string): Promise<void> {
  const found = await tx.query('select 1 from loan_matching.product_copies where id = $1 and bank_id = $2 and published', [productId, bankId]);
  if (found.length === 0) throw refused('productId', 'onOffer', 'productId must be a product of yours that is on offer');
}
