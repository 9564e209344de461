import type { Tx } from '@finharbor/platform/tenancy/tx';
import { isOfBank } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Demand } from '../demands/demand.entity.js';
import { Disclosure } from '../demands/disclosure.js';
import { Application } from './application.entity.js';
import { ApplicationState, RoutingMode } from './application-states.js';
import { missingItems } from './documents.js';

/** Applications as the caller of the transaction may see them. */
@Injectable()
export class ApplicationView {
  constructor(private readonly disclosure: Disclosure) {}

  /** With their demands and all that is missing. @param demands of them all, where they are at hand */
  async show(tx: Tx, applications: readonly Application[], demands?: readonly Demand[]): Promise<Application[]> {
    if (applications.length === 0) return [];
    demands ??= await tx.manager.find(Demand, { where: { applicationId: In(applications.map(({ id }) => id)) }, order: { id: 'ASC' } });
    const isStaff = isOfBank(tx.caller?.role);
    const shown = isStaff ? [] : await this.disclosure.show(tx, demands);
    return applications.map((application) => {
      const { kind, guaranteeTypes } = demands!.find(({ id }) => id === application.id)!;
      const whole = Object.assign(new Application(), application, {
        missing: missingItems({ ...application, kind, guaranteeTypes }, application.documents),
        demands: shown.filter(({ applicationId }) => applicationId === application.id),
      });
      return isStaff ? Object.assign(whole, asTaken(application)) : whole;
    });
  }

  async showOne(tx: Tx, application: Application, demands?: readonly Demand[]): Promise<Application> {
    return (await this.show(tx, [application], demands))[0];
  }
}

/**
 * The staff of a harbor is of the bank that hosts it, and one bank never learns of another: it sees what it took down and whether that
 * is verified, and nothing of what became of it.
 */
const asTaken = ({ state }: Application): Partial<Application> => ({
  round: 1, mode: RoutingMode.MATCH_FIRST, state: state === ApplicationState.UNVERIFIED ? state : ApplicationState.SUBMITTED,
  reasonCode: null, reasonText: null, closedAt: null,
});
