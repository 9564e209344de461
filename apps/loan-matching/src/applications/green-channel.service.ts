import { SpecialGroup } from '@finharbor/contracts/eligibility/facts';
import { DomainError } from '@finharbor/contracts/errors';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';

/** How often a special group was named by applicants. */
export class SpecialGroupCount {
  @ApiProperty({ enum: SpecialGroup, enumName: 'SpecialGroup', description: 'The group (H-112).' }) group: SpecialGroup;
  @ApiProperty({ type: 'integer', description: 'Applications that name it; one may name several.' }) applications: number;
}

/** The green channel of the special groups by itself (H-112), of what was submitted on the days asked for. */
export class GreenChannelStatistics {
  @ApiProperty({ type: 'integer', description: 'Applications.' }) applications: number;
  @ApiProperty({ type: 'integer', description: 'Of these with a bank that accepted or approved, or funded.' }) accepted: number;
  @ApiProperty({ type: 'integer', description: 'Of these approved by a bank, or funded.' }) approved: number;
  @ApiProperty({ type: 'integer', description: 'Of these ended without a loan.' }) ended: number;
  @ApiProperty({ type: [SpecialGroupCount], description: 'By group, every one of the six.' }) groups: SpecialGroupCount[];
}

/** Figures of the special groups, separate from all others. Which application named which group is kept sealed, and counted nowhere. */
@Injectable()
export class GreenChannelService {
  constructor(private readonly tenancy: Tenancy) {}

  /** @param from first day, in Shanghai @param to last day, included */
  statistics(caller: Caller, { from, to }: { from: string; to: string }): Promise<GreenChannelStatistics> {
    if (to < from) throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'to', rule: 'order', message: 'to must not be before from' }]);
    return this.tenancy.run(caller, async (tx) => {
      const [counts] = await tx.query<Omit<GreenChannelStatistics, 'groups'>>(
        `select count(*)::int as applications,
           count(*) filter (where state in ('ACCEPTED', 'ACTION_REQUIRED', 'APPROVED', 'FUNDED'))::int as accepted,
           count(*) filter (where state in ('APPROVED', 'FUNDED') or (state = 'ACTION_REQUIRED' and exists (select from loan_matching.demands d
             where d.application_id = a.id and d.state in ('APPROVED', 'APPROVED_ACTION_REQUIRED'))))::int as approved,
           count(*) filter (where state in ('WITHDRAWN', 'CUSTOMER_DECLINED', 'CLOSED'))::int as ended
         from loan_matching.applications a where green_channel
           and submitted_at >= $1::date::timestamp at time zone 'Asia/Shanghai' and submitted_at < ($2::date + 1)::timestamp at time zone 'Asia/Shanghai'`, [from, to]);
      const rows = await tx.query<{ group: SpecialGroup; applications: number }>(
        `select special_group as "group", sum(count)::int as applications from loan_matching.special_group_counts where day between $1 and $2 group by 1`, [from, to]);
      const groups = Object.values(SpecialGroup).map((group) =>
        Object.assign(new SpecialGroupCount(), { group, applications: rows.find((row) => row.group === group)?.applications ?? 0 }));
      return Object.assign(new GreenChannelStatistics(), counts, { groups });
    });
  }
}
