import type { SizeClass } from '@finharbor/contracts/vocabulary';
import type { Tx } from '@finharbor/platform/tenancy/tx';

export interface HarborCopy {
  id: string;
  number: string;
  name: string;
  hostBankId: string;
  areaCode: string;
}

/** What the enterprise master states; null for what it does not. */
export interface EnterpriseCopy {
  regionCode: string | null;
  industryCode: string | null;
  sizeClass: SizeClass;
  establishedOn: string | null;
}

/** With the name, which demands of referrals and the cultivation ledger have from nobody else. */
export interface NamedCopy extends EnterpriseCopy {
  /** Null until the master told it. */
  name: string | null;
  /** Why it is outside of the programme; null where it is not. */
  outsideReason: string | null;
  /** Where its registration stands, by the names of RegistrationStatus; null where the master does not tell. */
  registrationStatus: string | null;
  /** Its words there, all of them; null where the master told none. */
  tags: string[] | null;
}

/** The harbor, or undefined when this service has not heard of it (yet). */
export async function findHarbor(tx: Tx, id: string): Promise<HarborCopy | undefined> {
  const [harbor] = await tx.query<HarborCopy>(
    `select id, number, name, host_bank_id as "hostBankId", area_code as "areaCode" from loan_matching.harbor_copies where id = $1`, [id],
  );
  return harbor;
}

/** What the enterprise master tells of an enterprise. For the worker. */
export async function findEnterprise(tx: Tx, id: string): Promise<NamedCopy | undefined> {
  const [enterprise] = await tx.query<NamedCopy>(
    `select region_code as "regionCode", industry_code as "industryCode", size_class as "sizeClass", established_on::text as "establishedOn", name, outside_reason as "outsideReason",
       registration_status as "registrationStatus", tags
     from loan_matching.enterprise_copies where id = $1`, [id],
  );
  return enterprise;
}

/** Whether the product is still on offer. For the worker. */
export const isOnOffer = async (tx: Tx, productId: string): Promise<boolean> =>
  (await tx.query('select 1 from loan_matching.product_copies where id = $1 and published', [productId])).length > 0;
