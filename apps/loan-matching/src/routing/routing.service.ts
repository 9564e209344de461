import { DomainError } from '@finharbor/contracts/errors';
import { CONFIG } from '@finharbor/platform/config/config';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import { Application } from '../applications/application.entity.js';
import { changeApplication, findApplication, mustBeIn, onApplication } from '../applications/application-access.js';
import { ApplicationState, RoutingMode } from '../applications/application-states.js';
import type { LoanMatchingConfig } from '../config.js';
import { findDemand, mustBeConsented } from '../demands/demand-access.js';
import { Demand } from '../demands/demand.entity.js';
import { DemandState, intakeId, mustBe, mustBeInTime } from '../demands/demand-states.js';
import { Disclosure } from '../demands/disclosure.js';
import { slowly } from '../sandbox/forced.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { followDemands } from '../workflows/application-course.js';
import { DemandMoves } from '../workflows/demand-moves.js';
import { agreeOnward, isOpen, lockApplication } from './application-moves.js';
import { BankRows } from './bank-rows.js';
import { type Candidate, Candidates, hostBankOf } from './candidates.js';
import { Endings } from './endings.js';
import { Pooling } from './pooling.js';
import type { RouteApplicationInput } from './routing.inputs.js';

const { UNVERIFIED, SUBMITTED, POOLED, ROUTED, ACCEPTED, ACTION_REQUIRED, APPROVED, EXHAUSTED } = ApplicationState;
const refused = (field: string, rule: string, message: string): DomainError =>
  new DomainError('VALIDATION_FAILED', undefined, [{ field, rule, message }]);

/** How an application reaches its banks: designated, chosen among its matches (先匹配、后下单), or by the open pool. */
@Injectable()
export class RoutingService {
  constructor(
    @Inject(CONFIG) private readonly config: LoanMatchingConfig,
    private readonly tenancy: Tenancy,
    private readonly disclosure: Disclosure,
    private readonly rows: BankRows,
    private readonly endings: Endings,
    private readonly pooling: Pooling,
    private readonly candidates: Candidates,
    private readonly moves: DemandMoves,
  ) {}

  /** The enterprise chooses one of its matches, the first time. Of an application that is not verified yet the choice is kept. */
  choose(caller: Caller, id: string, productId: string): Promise<Demand> {
    return this.tenancy.asWorker('applicant', caller, async (tx) => {
      const found = await findDemand(tx, id);
      const application = await lockApplication(tx, found.applicationId);
      const demand = await findDemand(tx, id, { lock: true });
      mustBe(demand, DemandState.SUBMITTED);
      await this.chooseIn(tx, application!, [productId], 'productId');
      return this.disclosure.showOne(tx, await findDemand(tx, id));
    });
  }

  /** Routes an application in one of the three modes; `instead` takes it from the banks that have it. For its applicant and supervisors. */
  route(caller: Caller, id: string, input: RouteApplicationInput): Promise<Application> {
    return this.tenancy.asWorker(caller.role === 'applicant' ? 'applicant' : 'routing', caller, async (tx) => {
      const application = await findApplication(tx, id, { lock: true });
      mustBeIn(application, UNVERIFIED, SUBMITTED, POOLED, ROUTED, ACCEPTED, ACTION_REQUIRED, APPROVED, EXHAUSTED);
      mustBeConsented(await tx.manager.findOneByOrFail(Demand, { id }));
      await this.agree(tx, application, input.onward);
      if (input.instead) {
        await this.endings.takeBack(tx, application);
        await addStep(tx, { id, orgId: intakeId }, TrailStepKind.REASSIGNED);
      }
      if (input.mode === RoutingMode.OPEN_POOL) await this.pool(tx, application);
      else if (input.mode === RoutingMode.DESIGNATED) await this.designate(tx, application, input.bankId);
      else await this.chooseIn(tx, application, input.productIds ?? []);
      await audit(tx, { action: 'application.route', resource: 'application', resourceId: id, detail: { mode: input.mode, instead: input.instead ?? false } });
      return tx.manager.findOneByOrFail(Application, { id });
    });
  }

  /** One for each bank that has or had it, oldest first. */
  demands(caller: Caller, id: string): Promise<Demand[]> {
    return onApplication(this.tenancy, caller, async (tx) =>
      this.disclosure.show(tx, await this.rows.of(tx, await findApplication(tx, id))));
  }

  /**
   * The banks of these products get a locked application, at once. Keeps the choice where it is not verified. For the worker.
   * @param by who chose, where that is not the caller
   */
  async chooseIn(tx: Tx, application: Application, productIds: readonly string[], field = 'productIds', by?: string): Promise<void> {
    const [rows, chosen]: [Demand[], Candidate[]] = [await this.rows.of(tx, application), []];
    if (productIds.length === 0) throw refused(field, 'required', `${field} names the products to choose`);
    this.mustBeFew(productIds.length, field);
    for (const productId of productIds) {
      const hadBy = [...rows.map(({ orgId }) => orgId), ...chosen.map(({ bankId }) => bankId)];
      chosen.push(await this.candidates.chosen(tx, application, productId, field, hadBy));
    }
    if (application.state === UNVERIFIED) return keepChoice(tx, application, productIds);
    await this.give(tx, application, rows, chosen, RoutingMode.MATCH_FIRST, field, by);
  }

  /** The bank takes its demand on in its time, and from now on may know who the enterprise is, under its consent. */
  accept(caller: Caller, id: string): Promise<Demand> {
    return slowly(this.config, this.tenancy.run(caller, async (tx) => this.disclosure.showOne(tx, await this.acceptIn(tx, id))));
  }

  /** The same within a transaction that does more. It takes hold of its own demand alone: the application follows by an event. */
  async acceptIn(tx: Tx, id: string): Promise<Demand> {
    const demand = await findDemand(tx, id, { lock: true });
    mustBe(demand, DemandState.ROUTED);
    mustBeInTime(demand);
    mustBeConsented(demand);
    await this.moves.move(tx, demand, 'accept');
    await this.rows.tellAccepted(tx, demand);
    return demand;
  }

  private async designate(tx: Tx, application: Application, named?: string): Promise<void> {
    const rows = await this.rows.of(tx, application);
    const bankId = named ?? await hostBankOf(tx, await tx.manager.findOneByOrFail(Demand, { id: application.id }));
    const candidate = bankId && await this.candidates.best(tx, application, rows.map(({ orgId }) => orgId), bankId);
    if (!candidate) throw refused('bankId', 'fitting', 'bankId is a bank that has or had this application, or that has no product on offer which fits');
    if (application.state === UNVERIFIED) await keepChoice(tx, application, [candidate.productId]);
    else await this.give(tx, application, rows, [candidate], RoutingMode.DESIGNATED, 'bankId');
  }

  private async pool(tx: Tx, application: Application): Promise<void> {
    mustBeIn(application, SUBMITTED, ROUTED, ACCEPTED, ACTION_REQUIRED, APPROVED, EXHAUSTED);
    const rows = await this.rows.of(tx, application);
    if ((await this.stillOpen(tx, rows)).length > 0) throw new DomainError('ILLEGAL_STATE', 'The application is with a bank: it goes into the pool when it is with none, or instead.');
    this.mustHaveRound(tx, application, rows);
    await this.pooling.open(tx, application, rows);
  }

  /** Who has it now. A bank that let its time pass has not, also where that was told an earlier version, or a moment ago. */
  private async stillOpen(tx: Tx, rows: readonly Demand[]): Promise<Demand[]> {
    const open: Demand[] = [];
    for (const row of rows.filter(isOpen)) if (!await this.endings.expire(tx, row.id)) open.push(row);
    return open;
  }

  private async give(
    tx: Tx, application: Application, rows: readonly Demand[], chosen: readonly Candidate[], mode: RoutingMode, field: string, by?: string,
  ): Promise<void> {
    const open = await this.stillOpen(tx, rows);
    const isPooled = await this.endings.closePool(tx, application);
    this.mustBeFew(open.length + chosen.length, field);
    const isNewRound = open.length === 0 && (rows.length > 0 || isPooled);
    if (isNewRound) this.mustHaveRound(tx, application, rows);
    await changeApplication(tx, application, { mode, round: isNewRound ? application.round + 1 : application.round });
    for (const candidate of chosen) await this.rows.route(tx, application, candidate, by);
    await followDemands(tx, application.id);
  }

  private mustBeFew(banks: number, field: string): void {
    const most = this.config.ROUTING_BANKS_AT_ONCE;
    if (banks > most) throw refused(field, 'limit', `an application is with ${most} banks at once at most`);
  }

  /** Three rounds, then it is the supervisor's. */
  private mustHaveRound(tx: Tx, { round }: Application, rows: readonly Demand[]): void {
    if (tx.caller?.role === 'supervisor' || rows.length === 0 || round < this.config.ROUTING_ROUNDS) return;
    throw new DomainError('ILLEGAL_STATE', `The application had its ${round} rounds: the supervisor goes on with it.`);
  }

  /** What the enterprise agrees to beyond its choice. A supervisor routes only what it agreed to have routed unasked. */
  private async agree(tx: Tx, application: Application, onward?: boolean): Promise<void> {
    if (tx.caller?.role === 'applicant') {
      if (onward !== undefined) await agreeOnward(tx, application, onward);
    } else if (!application.onwardConsentAt) {
      throw new DomainError('CONSENT_MISSING', 'The enterprise has not agreed that its application goes on without its choice.');
    }
  }
}

/** What is chosen while no bank may see the application: it goes there when it is verified. */
async function keepChoice(tx: Tx, application: Application, productIds: readonly string[]): Promise<void> {
  await changeApplication(tx, application, { chosenProductIds: [...productIds] });
  for (const productId of productIds) await addStep(tx, application, TrailStepKind.CHOICE_KEPT, { productId });
  await audit(tx, { action: 'application.choose', resource: 'application', resourceId: application.id, detail: { productIds: productIds.join(' ') } });
}
