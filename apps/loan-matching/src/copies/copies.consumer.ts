import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { On } from '@finharbor/platform/delivery/on';
import { Due } from '@finharbor/platform/due/due';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { recheckAll } from '../applications/verifying.js';

/** What this service learns from the others. Events may come late or in any order: a copy only ever takes a newer version. */
@Injectable()
export class CopiesConsumer {
  constructor(private readonly due: Due) {}

  @On('harbor.registered')
  async harborRegistered(event: EventOf<'harbor.registered'>, tx: Tx): Promise<void> {
    const { harborId, number, name, hostBankId, areaCode } = event.payload;
    await tx.query(
      `insert into loan_matching.harbor_copies as copy (id, number, name, host_bank_id, area_code, version) values ($1, $2, $3, $4, $5, $6)
       on conflict (id) do update set number = excluded.number, name = excluded.name, host_bank_id = excluded.host_bank_id,
         area_code = excluded.area_code, version = excluded.version where copy.version < excluded.version`,
      [harborId, number, name, hostBankId, areaCode, event.version],
    );
  }

  /** Kept is what the product asks as it was told: its fields, and beside them, of a producer that tells it, the whole document. */
  @On('product.published')
  async productPublished(event: EventOf<'product.published'>, tx: Tx): Promise<void> {
    const { productId, bankId, name, eligibility, expression, annualRateMin } = event.payload;
    await tx.query(
      `insert into loan_matching.product_copies as copy (id, bank_id, name, eligibility, annual_rate_min, published, version)
       values ($1, $2, $3, $4, $6, true, $5)
       on conflict (id) do update set bank_id = excluded.bank_id, name = excluded.name, eligibility = excluded.eligibility, annual_rate_min = excluded.annual_rate_min,
         published = true, version = excluded.version where copy.version < excluded.version`,
      [productId, bankId, name, JSON.stringify({ ...eligibility, ...expression }), event.version, annualRateMin ?? null],
    );
  }

  /** What was published of it goes too: nobody may read it now, and it may never have come here. */
  @On('product.suspended')
  async productSuspended(event: EventOf<'product.suspended'>, tx: Tx): Promise<void> {
    await tx.query(
      `insert into loan_matching.product_copies as copy (id, published, version) values ($1, false, $2)
       on conflict (id) do update set bank_id = null, name = null, eligibility = null, annual_rate_min = null,
         published = false, version = excluded.version where copy.version < excluded.version`,
      [event.payload.productId, event.version],
    );
  }

  /**
   * One statement for up to 500 enterprises; of one that is named twice the newest counts. A demand or a ledger entry that came before
   * the name gets it now.
   */
  @On('enterprises.recorded')
  async enterprisesRecorded(event: EventOf<'enterprises.recorded'>, tx: Tx): Promise<void> {
    await tx.query(
      `with told as materialized (select distinct on ("enterpriseId") * from jsonb_to_recordset($1) as told (
           "enterpriseId" uuid, name text, "regionCode" text, "industryCode" text, "sizeClass" text, "establishedOn" date, kind text, "isPrivate" boolean,
           "outsideReason" text, "registrationStatus" text, tags text[], version int) order by "enterpriseId", version desc),
         named_demands as (update loan_matching.demands d set enterprise_name = told.name, region_code = "regionCode", industry_code = "industryCode",
           size_class = "sizeClass", established_on = "establishedOn" from told where d.enterprise_id = "enterpriseId" and d.enterprise_name is null),
         named_entries as (update loan_matching.cultivation_entries e set enterprise_name = told.name
           from told where e.enterprise_id = "enterpriseId" and e.enterprise_name is null)
       insert into loan_matching.enterprise_copies as copy
         (id, name, region_code, industry_code, size_class, established_on, kind, is_private, outside_reason, registration_status, tags, version)
       select "enterpriseId", name, "regionCode", "industryCode", "sizeClass", "establishedOn", kind, "isPrivate", "outsideReason", "registrationStatus", tags,
         version
       from told order by "enterpriseId"
       on conflict (id) do update set (name, region_code, industry_code, size_class, established_on, kind, is_private, outside_reason, registration_status, tags,
           version) =
         (excluded.name, excluded.region_code, excluded.industry_code, excluded.size_class, excluded.established_on, excluded.kind, excluded.is_private,
           excluded.outside_reason, excluded.registration_status, excluded.tags, excluded.version) where copy.version < excluded.version`,
      [JSON.stringify(event.payload.enterprises)],
    );
    await recheckAll(tx, this.due, event.payload.enterprises.map(({ enterpriseId }) => enterpriseId));
  }
}
