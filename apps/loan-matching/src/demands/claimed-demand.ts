import { keptYuan } from '@finharbor/contracts/eligibility/decimals';
import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import { SizeClass } from '@finharbor/contracts/vocabulary';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { ApplicationState } from '../applications/application-states.js';
import { keepApplicationOf } from '../applications/bare-application.js';
import { findEnterprise } from '../copies/copies.js';
import { Demand } from './demand.entity.js';
import { DemandKind, DemandSource, DemandState, nobody } from './demand-states.js';

/** What a list never states. */
const nothing = {
  loanCodeId: null, harborId: nobody, productId: null, creditCode: null, employees: null, revenue: null, assets: null,
  accessSecretHash: null, contactNameEncrypted: null, contactPhoneEncrypted: null, consentWithdrawnAt: null,
  acceptDueAt: null, acceptOverdue: false, greenChannel: false,
};

/** The demand of a claimed referral and its application, as the list and the master state them; undefined where it was made before. */
export async function keepClaimed(tx: Tx, payload: EventOf<'referral.claimed'>['payload']): Promise<Demand | undefined> {
  const { referralId, entryId, bankId, enterpriseId, consentId, amount, termMonths, purpose, guaranteeType } = payload;
  const known = await findEnterprise(tx, enterpriseId);
  const id = newId();
  const demand = tx.manager.create(Demand, {
    ...nothing, id, applicationId: id, orgId: bankId, bankId, source: DemandSource.REFERRAL, referralId, listEntryId: entryId, version: 1,
    state: DemandState.ACCEPTED, kind: DemandKind.OTHER, amount: keptYuan(amount) ?? '0.00', termMonths: Math.max(0, termMonths ?? 0),
    purpose: purpose ?? '', guaranteeTypes: guaranteeType ? [guaranteeType] : [], consentId: consentId ?? nobody, submittedAt: new Date(),
    enterpriseId, enterpriseName: known?.name ?? null, regionCode: known?.regionCode ?? null, industryCode: known?.industryCode ?? null,
    sizeClass: known?.sizeClass ?? SizeClass.UNKNOWN, establishedOn: known?.establishedOn ?? null,
  });
  const insert = tx.manager.createQueryBuilder().insert().into(Demand).values(demand).orIgnore().returning('id');
  const { raw } = await insert.execute() as { raw: unknown[] };
  if (raw.length === 0) return undefined;
  await keepApplicationOf(tx, demand, ApplicationState.ACCEPTED);
  return demand;
}
