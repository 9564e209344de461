import { ClockKind } from '@finharbor/contracts/clocks';
import type { EventName, Payload } from '@finharbor/contracts/events/catalogue';
import { OrganisationKind } from '@finharbor/contracts/vocabulary';
import type { Clock, ClockHandlers } from '@finharbor/platform/clocks/clock';
import { Clocks } from '@finharbor/platform/clocks/clocks';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { begun, type Group, lastDone, openIds, openRows, referralClocks } from './open-rows.js';

const delivery = [ClockKind.REFERRAL_ACKNOWLEDGE, ClockKind.REFERRAL_CONTACT];
const claim = [ClockKind.REFERRAL_DECISION, ClockKind.REFERRAL_DECISION_LIMIT];

/**
 * The clocks of lists: one for each review, and for each dispatch, bank, step and day on which the step of a row began. Rows that
 * begin on one day end with the same day, so one clock stands for all of them: 10,000 rows to 40 banks are 80 clocks and 80 due rows.
 */
@Injectable()
export class ListClocks implements OnModuleInit, ClockHandlers {
  constructor(private readonly clocks: Clocks, private readonly publisher: Publisher) {}

  onModuleInit(): void {
    this.clocks.handle([ClockKind.LIST_REVIEW, ...referralClocks], this);
  }

  /** A list waits for its review. The central-bank branch must act; where none is known, the clock stands with the department. */
  async submitted(tx: Tx, pushListId: string, departmentId: string, at: Date): Promise<void> {
    const [branch] = await tx.query<{ id: string }>(
      'select id from enterprise_lists.organisation_copies where kind = $1 order by id limit 1', [OrganisationKind.CENTRAL_BANK_BRANCH]);
    const id = await this.clocks.start(tx, {
      kind: ClockKind.LIST_REVIEW, subjectId: pushListId, organisationId: branch?.id ?? departmentId, at,
    });
    await this.clocks.settle(tx, [id]); // it may have been reviewed before this was told
  }

  /** A list was reviewed, or came to an end otherwise. */
  async reviewed(tx: Tx, pushListId: string): Promise<void> {
    await this.clocks.settle(tx, await this.clocks.of(tx, pushListId, ClockKind.LIST_REVIEW));
  }

  /** Rows came to a bank: they are to be acknowledged and answered. */
  async delivered(tx: Tx, bankId: string, dispatchId: string): Promise<void> {
    await this.startAll(tx, delivery, bankId, [dispatchId]);
  }

  /** Something became of these referrals: what was claimed is to be decided on, and clocks of which all is done stop. */
  async progressed(tx: Tx, referralIds: readonly string[]): Promise<void> {
    if (referralIds.length === 0) return;
    const banks = await tx.query<{ id: string; dispatchIds: string[] }>(
      'select org_id as id, array_agg(distinct dispatch_id) as "dispatchIds" from enterprise_lists.referrals where id = any($1::uuid[]) group by org_id order by org_id',
      [referralIds]);
    for (const { id, dispatchIds } of banks) {
      await this.startAll(tx, claim, id, dispatchIds);
      const running = await tx.query<{ id: string }>(
        'select id from enterprise_lists.clocks where org_id = $1 and subject_id = any($2::uuid[]) and stopped_at is null', [id, dispatchIds]);
      await this.clocks.settle(tx, running.map((clock) => clock.id));
    }
  }

  /** The rows that a clock stands for and that are open. */
  async openReferrals(tx: Tx, clockId: string): Promise<string[]> {
    const [group] = await tx.query<Group>(
      'select kind, org_id as "organisationId", subject_id as "subjectId", started_at as "startedAt" from enterprise_lists.clocks where id = $1', [clockId]);
    return openIds(tx, group);
  }

  async doneAt(tx: Tx, clock: Clock): Promise<Date | undefined> {
    if (clock.kind !== ClockKind.LIST_REVIEW) return lastDone(tx, groupOf(clock));
    const [list] = await tx.query<{ reviewed_at: Date | null; open: boolean }>(
      `select reviewed_at, state = 'UNDER_REVIEW' as open from enterprise_lists.push_lists where id = $1`, [clock.subjectId]);
    return list?.open ? undefined : list?.reviewed_at ?? new Date();
  }

  async reminded(tx: Tx, clock: Clock, workingDaysLeft: number): Promise<void> {
    await this.tell(tx, 'list-clock.reminded', clock, { ...await this.facts(tx, clock), workingDaysLeft });
  }

  async breached(tx: Tx, clock: Clock): Promise<void> {
    await this.tell(tx, 'list-clock.breached', clock, await this.facts(tx, clock));
    await audit(tx, { action: 'clock.breach', resource: 'clock', resourceId: clock.id, detail: { kind: clock.kind } });
  }

  async cleared(tx: Tx, clock: Clock): Promise<void> {
    await this.tell(tx, 'list-clock.cleared', clock, await this.facts(tx, clock));
    await audit(tx, { action: 'clock.clear', resource: 'clock', resourceId: clock.id, detail: { kind: clock.kind } });
  }

  private async startAll(tx: Tx, kinds: readonly ClockKind[], bankId: string, dispatchIds: readonly string[]): Promise<void> {
    for (const kind of kinds) {
      for (const { subjectId, at } of await begun(tx, kind, bankId, dispatchIds)) {
        await this.clocks.start(tx, { kind, subjectId, organisationId: bankId, at });
      }
    }
  }

  private async facts(tx: Tx, clock: Clock): Promise<Payload<'list-clock.breached'>> {
    const { id: clockId, kind, subjectId, reading: { dueAt } } = clock;
    const count = kind === ClockKind.LIST_REVIEW ? 1 : await openRows(tx, groupOf(clock));
    return { clockId, kind, subjectId, dueAt: dueAt?.toISOString() ?? null, count };
  }

  private tell<Name extends EventName>(tx: Tx, name: Name, clock: Clock, payload: Payload<Name>): Promise<void> {
    const { id: aggregateId, organisationId, version } = clock;
    return this.publisher.publish(tx, name, { organisationId, aggregateId, version, payload });
  }
}

const groupOf = ({ kind, organisationId, subjectId, reading: { startedAt } }: Clock): Group =>
  ({ kind, organisationId, subjectId, startedAt });
