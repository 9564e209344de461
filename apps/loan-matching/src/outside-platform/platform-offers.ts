import { newId } from '@finharbor/contracts/ids';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable } from '@nestjs/common';
import type { Application } from '../applications/application.entity.js';
import { changeApplication } from '../applications/application-access.js';
import { ApplicationState } from '../applications/application-states.js';
import { platformConsentTextVersion } from '../demands/consent-text.js';
import type { Demand } from '../demands/demand.entity.js';
import { intakeId } from '../demands/demand-states.js';

/**
 * What the outside platform of the inclusive channel (长江渝融通) is told of applications: as enterprises agreed to it, once each, and
 * until they end. It goes by enterprise-lists' files. The caller holds the lock of the application, as worker.
 */
@Injectable()
export class PlatformOffers {
  constructor(private readonly publisher: Publisher) {}

  /** Offers what banks may see and the enterprise agreed to offer; else nothing. What was taken back is not offered again. */
  async offer(tx: Tx, application: Application, first: Demand): Promise<void> {
    const { platformConsentId, platformOfferId, platformRecalledAt, state, source, harborId } = application;
    const isKept = state === ApplicationState.UNVERIFIED || first.consentWithdrawnAt || platformRecalledAt;
    if (!platformConsentId || platformOfferId || isKept) return;
    const offerId = newId();
    await changeApplication(tx, application, { platformOfferId: offerId });
    const { id, version } = application;
    const { kind, amount, termMonths, guaranteeTypes, sizeClass } = first;
    await this.publisher.publish(tx, 'application.offered', {
      organisationId: intakeId, aggregateId: id, version,
      payload: {
        // As coarse as in the pool, and without the purpose, which is free text.
        offerId, kind, amount, termMonths, guaranteeTypes, sizeClass, source, harborId,
        regionCode: first.regionCode?.slice(0, 6) ?? null, industryCode: first.industryCode?.slice(0, 3) ?? null,
      },
    });
    await audit(tx, { action: 'application.offer', resource: 'application', resourceId: id, detail: { offerId, consentId: platformConsentId } });
  }

  /** The enterprise agrees, by a consent of its own, which the register keeps. */
  async agree(tx: Tx, application: Application, platformConsentAt = new Date()): Promise<void> {
    const platformConsentId = newId();
    await changeApplication(tx, application, { platformConsentId, platformConsentAt });
    await this.publisher.publish(tx, 'consent.given', {
      organisationId: intakeId, aggregateId: platformConsentId, version: 1, payload: {
        consentId: platformConsentId, demandId: application.id, textVersion: platformConsentTextVersion,
        givenAt: platformConsentAt.toISOString(), disclosure: 'NEED',
      },
    });
  }

  /** The enterprise agrees no more, and the register is told. Again changes nothing. */
  async revoke(tx: Tx, application: Application): Promise<void> {
    const { id: demandId, platformConsentId: consentId, platformRecalledAt } = application;
    if (!consentId || platformRecalledAt) return;
    await this.recall(tx, application);
    await this.publisher.publish(tx, 'consent.revoked', {
      organisationId: intakeId, aggregateId: consentId, version: 2, payload: { consentId, demandId, revokedAt: new Date().toISOString() },
    });
  }

  /** Takes it back: it ended, or the enterprise agrees no more. Again changes nothing. */
  async recall(tx: Tx, application: Application): Promise<void> {
    const { platformConsentId, platformOfferId: offerId, platformRecalledAt } = application;
    if (!platformConsentId || platformRecalledAt) return;
    await changeApplication(tx, application, { platformRecalledAt: new Date() });
    const { id, version } = application;
    if (offerId) {
      await this.publisher.publish(tx, 'application.recalled', { organisationId: intakeId, aggregateId: id, version, payload: { offerId } });
    }
    await audit(tx, { action: 'application.recall', resource: 'application', resourceId: id, detail: { offerId } });
  }
}
