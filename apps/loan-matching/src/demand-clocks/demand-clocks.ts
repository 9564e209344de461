import { clockDefinitions, ClockKind, type ClockTerms } from '@finharbor/contracts/clocks';
import type { EventName, Payload } from '@finharbor/contracts/events/catalogue';
import type { Clock, ClockEvent, ClockHandlers } from '@finharbor/platform/clocks/clock';
import { Clocks } from '@finharbor/platform/clocks/clocks';
import { courseOn, type Move } from '@finharbor/platform/clocks/courses';
import { CONFIG } from '@finharbor/platform/config/config';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { LoanMatchingConfig } from '../config.js';
import { intakeId } from '../demands/demand-states.js';
import { addStep } from '../trail/trail.js';
import { TrailStepKind } from '../trail/trail-step.entity.js';
import { coursesOf, type DemandClockKind, demandClockKinds } from './course.js';

interface Followed {
  bankId: string | null;
  isReferral: boolean;
  moves: Move[];
}

/**
 * The clocks of demands, one for each step of the bank, and the enterprise's own. Nobody starts or stops them: they follow the moves of
 * the demand, which are kept with whatever moves it, and are read anew from these whenever they speak.
 */
@Injectable()
export class DemandClocks implements OnModuleInit, ClockHandlers {
  constructor(
    @Inject(CONFIG) private readonly config: LoanMatchingConfig,
    private readonly clocks: Clocks,
    private readonly publisher: Publisher,
  ) {}

  onModuleInit(): void {
    this.clocks.handle(demandClockKinds, this);
  }

  builtIn(kind: ClockKind): ClockTerms {
    const terms = clockDefinitions[kind];
    return kind === ClockKind.DEMAND_ACCEPT ? { ...terms, amount: this.config.DEMAND_ACCEPT_WORKING_DAYS } : terms;
  }

  /** Starts what begins with the moves of a demand, and reads what runs anew. For the worker, which holds no demand. */
  async follow(tx: Tx, demandId: string): Promise<void> {
    const { bankId, isReferral, moves } = await followed(tx, demandId);
    if (!bankId) return;
    await this.clocks.track(tx, demandId, demandClockKinds.flatMap((kind) => coursesOf(kind, moves, isReferral).map(
      ([{ at }]) => ({ kind, at, organisationId: kind === ClockKind.DEMAND_ANSWER ? intakeId : bankId }))));
  }

  /** In a sandbox: the time to accept is over now. */
  async expireAccept(tx: Tx, demandId: string): Promise<void> {
    await this.follow(tx, demandId);
    await this.clocks.expire(tx, await this.clocks.of(tx, demandId, ClockKind.DEMAND_ACCEPT));
  }

  async happened(tx: Tx, { kind, subjectId, reading: { startedAt, breachedAt } }: Clock): Promise<readonly ClockEvent[] | undefined> {
    const { isReferral, moves } = await followed(tx, subjectId);
    // What expired had run out before that: in a sandbox the end comes before its time.
    const told = moves.map((move) => (move.state === 'EXPIRED' && breachedAt && move.at < breachedAt ? { ...move, at: breachedAt } : move));
    return courseOn(coursesOf(kind as DemandClockKind, told, isReferral), startedAt);
  }

  /** By when the bank should accept stands with the demand too. */
  async moved(tx: Tx, { kind, subjectId, reading: { dueAt, breachedAt } }: Clock): Promise<void> {
    if (kind !== ClockKind.DEMAND_ACCEPT) return;
    await tx.query(
      `update loan_matching.demands set accept_due_at = $2, accept_overdue = $3
       where id = $1 and (accept_due_at, accept_overdue) is distinct from ($2::timestamptz, $3)`, [subjectId, dueAt, breachedAt !== null]);
  }

  /** The bank is reminded. An enterprise has no account to be told by, and its clock no reminders but those of terms of before. */
  async reminded(tx: Tx, clock: Clock, workingDaysLeft: number): Promise<void> {
    if (clock.organisationId === intakeId) return;
    await this.tell(tx, 'demand-clock.reminded', clock, clock.organisationId, { ...facts(clock), workingDaysLeft });
  }

  async breached(tx: Tx, clock: Clock): Promise<void> {
    const { id, kind, organisationId, subjectId, reading: { dueAt } } = clock;
    await this.tell(tx, 'demand-clock.breached', clock, organisationId, facts(clock));
    const step = kind === ClockKind.DEMAND_ACCEPT ? TrailStepKind.ACCEPT_OVERDUE : TrailStepKind.CLOCK_OVERDUE;
    await addStep(tx, { id: subjectId, orgId: organisationId }, step, { dueAt });
    await audit(tx, { action: 'clock.breach', resource: 'clock', resourceId: id, detail: { kind, demandId: subjectId } });
    await this.escalated(tx, clock, 0);
  }

  /** Each organisation of the rung is told by an event of its own. */
  async escalated(tx: Tx, clock: Clock, workingDaysOver: number): Promise<void> {
    for (const organisationId of await this.addressees(tx, clock, workingDaysOver)) {
      await this.tell(tx, 'demand-clock.escalated', clock, organisationId, { ...facts(clock), workingDaysOver, holderId: clock.organisationId });
    }
    if (workingDaysOver > 0) await audit(tx, { action: 'clock.escalate', resource: 'clock', resourceId: clock.id, detail: { workingDaysOver } });
  }

  async cleared(tx: Tx, clock: Clock): Promise<void> {
    for (const organisationId of await this.addressees(tx, clock, 0)) {
      await this.tell(tx, 'demand-clock.cleared', clock, organisationId, { ...facts(clock), holderId: clock.organisationId });
    }
    await audit(tx, { action: 'clock.clear', resource: 'clock', resourceId: clock.id, detail: { kind: clock.kind } });
  }

  /** Organisations that a rung names, as far as they are there. An enterprise is none: it reads its clock. */
  private async addressees(tx: Tx, { terms: { ladder = [] }, organisationId }: Clock, rung: number): Promise<string[]> {
    const told = ladder.filter(({ after }) => after === rung).flatMap(({ tell }) => tell);
    const supervisors = await tx.query<{ id: string }>('select id from loan_matching.organisation_copies where kind = any($1) order by id', [told]);
    return [...(told.includes('HOLDER') && organisationId !== intakeId ? [organisationId] : []), ...supervisors.map(({ id }) => id)];
  }

  private tell<Name extends EventName>(
    tx: Tx, name: Name, { id: aggregateId, version }: Clock, organisationId: string, payload: Payload<Name>,
  ): Promise<void> {
    return this.publisher.publish(tx, name, { organisationId, aggregateId, version, payload });
  }
}

const facts = ({ id: clockId, kind, subjectId: demandId, reading: { dueAt } }: Clock): Payload<'demand-clock.breached'> =>
  ({ clockId, kind, demandId, dueAt: dueAt?.toISOString() ?? null });

async function followed(tx: Tx, demandId: string): Promise<Followed> {
  const [demand] = await tx.query<{ bankId: string | null; isReferral: boolean }>(
    `select bank_id as "bankId", source = 'REFERRAL' as "isReferral" from loan_matching.demands where id = $1`, [demandId]);
  const moves = await tx.query<Move>('select state, stage, at from loan_matching.demand_moves where demand_id = $1 order by id', [demandId]);
  return { ...demand, moves };
}
