import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { checkIndustryCode } from '@finharbor/standards/industries';
import { Injectable } from '@nestjs/common';

/** What dispatches need to know of harbors and products. */
@Injectable()
export class CopiesConsumer {
  @On('harbor.registered')
  async harborRegistered(event: EventOf<'harbor.registered'>, tx: Tx): Promise<void> {
    const { harborId, hostBankId, areaCode } = event.payload;
    await tx.query(
      `insert into enterprise_lists.harbor_copies as copy (id, host_bank_id, area_code, version) values ($1, $2, $3, $4)
       on conflict (id) do update set host_bank_id = excluded.host_bank_id, area_code = excluded.area_code, version = excluded.version
       where copy.version < excluded.version`,
      [harborId, hostBankId, areaCode, event.version]);
  }

  @On('product.published')
  async productPublished(event: EventOf<'product.published'>, tx: Tx): Promise<void> {
    const { productId, bankId, eligibility: rules } = event.payload;
    await tx.query(
      `insert into enterprise_lists.product_copies as copy
         (id, version, published, bank_id, regions, industries, size_classes, guarantees, amount_min, amount_max, term_min, term_max, years_min)
       values ($1, $2, true, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       on conflict (id) do update set version = excluded.version, published = true, bank_id = excluded.bank_id, regions = excluded.regions,
         industries = excluded.industries, size_classes = excluded.size_classes, guarantees = excluded.guarantees, amount_min = excluded.amount_min,
         amount_max = excluded.amount_max, term_min = excluded.term_min, term_max = excluded.term_max, years_min = excluded.years_min
       where copy.version < excluded.version`,
      [
        productId, event.version, bankId, listed(rules.regionCodes?.map(regionPrefix)), listed(rules.industryCodes?.map(industryPrefix)),
        listed(rules.sizeClasses), listed(rules.guaranteeTypes), decimal(rules.amountMin), decimal(rules.amountMax),
        rules.termMonthsMin ?? null, rules.termMonthsMax ?? null, rules.yearsInBusinessMin ?? null,
      ]);
  }

  @On('product.suspended')
  async productSuspended(event: EventOf<'product.suspended'>, tx: Tx): Promise<void> {
    await tx.query(
      `insert into enterprise_lists.product_copies as copy (id, published, version) values ($1, false, $2)
       on conflict (id) do update set published = false, version = excluded.version where copy.version < excluded.version`,
      [event.payload.productId, event.version]);
  }
}

/** A list without entries excludes nobody, as one that is not there. */
const listed = <T>(values: readonly T[] | undefined): readonly T[] | null => (values?.length ? values : null);

/** What the codes within a region begin with: 500000 is the whole municipality. */
const regionPrefix = (code: string): string => (code.endsWith('0000') ? code.slice(0, 2) : code);

/** What the codes within an industry begin with, written as the master writes them: with the section's letter, which may be all of it. */
const industryPrefix = (code: string): string => checkIndustryCode(code).code;

/** A limit that cannot be read excludes nobody. */
const decimal = (text: string | undefined): string | null => (text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? text : null);
