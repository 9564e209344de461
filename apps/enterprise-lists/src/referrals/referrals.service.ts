import { notFound } from '@finharbor/contracts/errors';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { type Caller, isOfBank } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { Referral } from './referral.entity.js';
import type { ReferralArgs, ReferralQuery } from './referral.inputs.js';

@Injectable()
export class ReferralsService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors) {}

  list(caller: Caller, filter: ReferralQuery | ReferralArgs): Promise<Page<Referral>> {
    return this.tenancy.run(caller, async (tx) => {
      const query = tx.manager.createQueryBuilder(Referral, 'referral');
      const { state, dispatchId } = filter;
      if (state) query.andWhere('referral.state = :state', { state });
      if (dispatchId) query.andWhere('referral.dispatchId = :dispatchId', { dispatchId });
      const page = await readPage(query, filter, this.cursors, {
        list: 'referrals', organisationId: caller.organisationId, filter: { state, dispatchId },
      });
      await this.identify(tx, caller, page.items);
      return page;
    });
  }

  get(caller: Caller, id: string): Promise<Referral> {
    return this.tenancy.run(caller, async (tx) => {
      const referral = await tx.manager.findOneBy(Referral, { id });
      if (!referral) throw notFound('referral');
      await this.identify(tx, caller, [referral]);
      return referral;
    });
  }

  /**
   * Tells who the enterprises are, where the caller may know: supervisors always, a bank what it claimed (H-042).
   * Without this step a referral names nobody, and row level security on the master decides once more.
   */
  private async identify(tx: Tx, caller: Caller, referrals: Referral[]): Promise<void> {
    const open = referrals.filter((referral) => !isOfBank(caller.role) || referral.claimedAt !== null);
    if (open.length === 0) return;
    const rows = await tx.query<{ id: string; credit_code: string; name: string }>(
      'select id, credit_code, name from enterprise_lists.enterprises where id = any($1::uuid[])', [open.map((referral) => referral.subjectId)]);
    const known = new Map(rows.map((row) => [row.id, row]));
    for (const referral of open) {
      const enterprise = known.get(referral.subjectId);
      if (!enterprise) continue;
      referral.enterpriseId = enterprise.id;
      referral.creditCode = enterprise.credit_code;
      referral.enterpriseName = enterprise.name;
      referral.demandPurpose = referral.purposeText;
    }
  }
}
