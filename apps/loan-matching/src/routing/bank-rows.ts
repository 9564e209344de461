import { randomBytes } from 'node:crypto';
import { CONFIG } from '@finharbor/platform/config/config';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Due } from '@finharbor/platform/due/due';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Inject, Injectable } from '@nestjs/common';
import type { Application } from '../applications/application.entity.js';
import type { LoanMatchingConfig } from '../config.js';
import { acceptBy } from '../demands/accept-clock.js';
import { consentTextVersion } from '../demands/consent-text.js';
import { mustBeConsented } from '../demands/demand-access.js';
import { Demand } from '../demands/demand.entity.js';
import { DemandState, intakeId } from '../demands/demand-states.js';
import { Disclosure } from '../demands/disclosure.js';
import { Match } from '../matching/match.entity.js';
import { sandboxClock } from '../sandbox/forced.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { DemandMoves } from '../workflows/demand-moves.js';
import type { Candidate } from './candidates.js';

/**
 * The demands of an application, one for each bank. Whoever calls holds the lock of the application, which is the one lock of everything
 * about it: a demand's is taken behind it, never before.
 */
@Injectable()
export class BankRows {
  constructor(
    @Inject(CONFIG) private readonly config: LoanMatchingConfig,
    private readonly publisher: Publisher,
    private readonly due: Due,
    private readonly disclosure: Disclosure,
    private readonly reference: ReferenceCopies,
    private readonly moves: DemandMoves,
  ) {}

  /** All that lie with a bank, oldest first, ended ones too. */
  async of(tx: Tx, { id }: Application): Promise<Demand[]> {
    const rows = await tx.manager.find(Demand, { where: { applicationId: id }, order: { routedAt: 'ASC', id: 'ASC' } });
    return rows.filter(({ orgId }) => orgId !== intakeId);
  }

  /** Gives the application to a bank that may accept it. @param by who chose it, where that is not the caller */
  async route(tx: Tx, application: Application, { productId, bankId }: Candidate, by?: string): Promise<Demand> {
    const [calendar, terms] = [await this.reference.calendar(tx), await this.reference.serviceLevels(tx)];
    const dueAt = acceptBy(new Date(), this.config.DEMAND_ACCEPT_WORKING_DAYS, calendar, terms) ?? null;
    await addStep(tx, { id: application.id, orgId: intakeId }, TrailStepKind.CHOSEN, { productId, ...(by && { by }) });
    const demand = await this.give(tx, application, { bankId, productId, acceptDueAt: dueAt }, DemandState.ROUTED);
    // Who gave it is for the application's own step: that it came by itself would tell that a bank had refused it.
    await addStep(tx, demand, TrailStepKind.ROUTED, { productId, dueAt, by: 'applicant' });
    if (!dueAt) await addStep(tx, demand, TrailStepKind.CLOCK_NOT_COVERED, { by: 'applicant' });
    const forced = sandboxClock(this.config, demand);
    if (forced) await this.due.set(tx, forced);
    await this.publisher.publish(tx, 'demand.chosen', {
      organisationId: bankId, aggregateId: demand.id, version: demand.version,
      payload: { demandId: demand.id, bankId, productId, harborId: demand.harborId, acceptBy: dueAt?.toISOString() ?? null },
    });
    await audit(tx, { action: 'demand.choose', resource: 'demand', resourceId: demand.id, detail: { productId, bankId } });
    return demand;
  }

  /** Gives it to a bank that accepted already. */
  async accepted(tx: Tx, application: Application, { productId, bankId }: Candidate): Promise<Demand> {
    const demand = await this.give(tx, application, { bankId, productId, acceptDueAt: null }, DemandState.ACCEPTED);
    await this.tellAccepted(tx, demand);
    return demand;
  }

  /** What an acceptance leaves behind, whichever way the demand came to the bank. */
  async tellAccepted(tx: Tx, demand: Demand): Promise<void> {
    const { id, orgId, version, enterpriseId, consentId } = demand;
    await addStep(tx, demand, TrailStepKind.ACCEPTED, { consentId });
    await this.publisher.publish(tx, 'demand.accepted', {
      organisationId: orgId, aggregateId: id, version, payload: { demandId: id, bankId: orgId, enterpriseId: enterpriseId!, consentId },
    });
    await audit(tx, { action: 'demand.accept', resource: 'demand', resourceId: id, detail: { consentId } });
  }

  /** The first demand, which lies with the intake, moves to the bank. Every further bank has one made for it, which stays with it. */
  private async give(
    tx: Tx, { id, takenAt }: Application, to: Pick<Demand, 'productId' | 'bankId' | 'acceptDueAt'>, state: DemandState,
  ): Promise<Demand> {
    const first = await tx.manager.findOneOrFail(Demand, { where: { id }, lock: { mode: 'pessimistic_write' } });
    mustBeConsented(first);
    const contact = (await this.disclosure.open(tx, [first])).get(id);
    const here = { ...to, orgId: to.bankId!, routedAt: new Date() };
    const sealedFor = async (rowId: string): Promise<Partial<Demand>> =>
      (contact ? this.disclosure.seal(tx, { id: rowId, orgId: here.orgId }, contact, first.contactNameEncrypted) : {});
    if (first.state === DemandState.SUBMITTED) {
      const action = state === DemandState.ROUTED ? 'route' : 'accept';
      await this.moves.move(tx, first, action, { changes: { ...here, ...await sealedFor(id) } });
      if (to.productId) await tx.manager.update(Match, { demandId: id, productId: to.productId }, { orgId: here.orgId });
      return first;
    }
    const own = idLike(id);
    const demand = tx.manager.create(Demand, {
      ...needOf(first), ...here, ...await sealedFor(own), id: own,
      furtherOf: id, applicationId: id, state, version: 2, consentId: idLike(first.consentId),
    });
    await tx.manager.insert(Demand, demand);
    await this.publisher.publish(tx, 'consent.given', {
      organisationId: intakeId, aggregateId: demand.consentId, version: 1,
      payload: {
        consentId: demand.consentId, demandId: own, textVersion: consentTextVersion, givenAt: (takenAt ?? first.submittedAt).toISOString(),
      },
    });
    return demand;
  }
}

/**
 * A UUID version 7 of the same millisecond. An id tells when it was made: made with the demand's way to a further bank, it would tell that
 * bank that it is not the first.
 */
export const idLike = (id: string): string => {
  const chance = randomBytes(10).toString('hex');
  return `${id.slice(0, 14)}7${chance.slice(0, 3)}-${'89ab'[Number.parseInt(chance[3], 16) % 4]}${chance.slice(4, 7)}-${chance.slice(7, 19)}`;
};

/**
 * What a further bank's demand has of the first: the need, and who asks, told under the rules of Disclosure. Written out, so that
 * nothing that came of it at another bank comes along. Its consent is its own: the register keeps one recipient of each.
 */
function needOf({
  loanCodeId, harborId, source, kind, amount, termMonths, purpose, guaranteeTypes, regionCode, industryCode, sizeClass, enterpriseName,
  creditCode, enterpriseId, establishedOn, employees, revenue, assets, accessSecretHash, greenChannel, submittedAt,
}: Demand): Partial<Demand> {
  return {
    loanCodeId, harborId, source, kind, amount, termMonths, purpose, guaranteeTypes, regionCode, industryCode, sizeClass, enterpriseName,
    creditCode, enterpriseId, establishedOn, employees, revenue, assets, accessSecretHash, greenChannel, submittedAt,
    acceptOverdue: false, declined: false, consentWithdrawnAt: null, contactNameEncrypted: null, contactPhoneEncrypted: null,
  };
}
