import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { newId } from '@finharbor/contracts/ids';
import { On } from '@finharbor/platform/delivery/on';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';

/** In a file are so many demands at most; one event tells of all of them. */
const perFile = 500;
/** Demands go through the inclusive channel (长江渝融通, H-036, H-101). */
export const demandChannel = 'INCLUSIVE';
/** What stands as channel with files of demands. Replicas of before look for channels by their names, and so leave these alone. */
export const demandLane = 'INCLUSIVE/DEMANDS';
/** Whose what comes through a platform is: no organisation's. */
export const platformId = '00000000-0000-4000-8000-000000000002';

export type DemandFileKind = 'DEMANDS' | 'DEMAND_RECALL';
export const isOfDemands = (kind: string): kind is DemandFileKind => kind === 'DEMANDS' || kind === 'DEMAND_RECALL';

const columns = { DEMANDS: 'file_id', DEMAND_RECALL: 'recall_file_id' } as const;
const waiting = {
  DEMANDS: 'file_id is null and recalled_at is null and facts is not null',
  // Only what the platform confirmed: a recall that overtook its offer would recall nothing.
  DEMAND_RECALL: `recall_file_id is null and recalled_at is not null
    and exists (select from enterprise_lists.exchange_files f where f.id = file_id and f.receipted_at is not null)`,
} as const;

/** Needs of enterprises on their way to the outside platform: gathered in files, and confirmed by its receipts alone. */
@Injectable()
export class ExchangeDemands {
  constructor(private readonly publisher: Publisher) {}

  /** It goes with the next file, if it was not taken back sooner. */
  @On('application.offered')
  async offered({ payload: { offerId, ...facts } }: EventOf<'application.offered'>, tx: Tx): Promise<void> {
    await tx.query(
      `insert into enterprise_lists.exchange_demands as d (offer_id, facts) values ($1, $2)
       on conflict (offer_id) do update set facts = coalesce(d.facts, excluded.facts)`, [offerId, JSON.stringify(facts)]);
  }

  /** What no file holds yet goes into none; what the platform may have is recalled there. */
  @On('application.recalled')
  async recalled({ payload: { offerId } }: EventOf<'application.recalled'>, tx: Tx): Promise<void> {
    await tx.query(
      `insert into enterprise_lists.exchange_demands as d (offer_id, recalled_at) values ($1, now())
       on conflict (offer_id) do update set recalled_at = coalesce(d.recalled_at, excluded.recalled_at)`, [offerId]);
  }

  /** Puts what waits into a file of this kind; undefined where nothing does. Two replicas make two files of different rows. */
  async gather(tx: Tx, kind: DemandFileKind): Promise<{ id: string; rowCount: number } | undefined> {
    const id = newId();
    const rows = await tx.query(
      `update enterprise_lists.exchange_demands set ${columns[kind]} = $1 where offer_id in (
         select offer_id from enterprise_lists.exchange_demands where ${waiting[kind]} order by offer_id limit ${perFile} for update skip locked)
       returning 1`, [id]);
    return rows.length > 0 ? { id, rowCount: rows.length } : undefined;
  }

  /** The lines of a file, the same each time: facts of an offer never change. A platform is told what is asked for, and not who asks. */
  linesOf(tx: Tx, { id, kind }: { id: string; kind: DemandFileKind }): Promise<object[]> {
    const facts = `offer_id as demand, facts->>'kind' as kind, facts->>'amount' as amount, (facts->>'termMonths')::int as "termMonths",
      facts->'guaranteeTypes' as "guaranteeTypes", facts->>'sizeClass' as "sizeClass", facts->>'regionCode' as "regionCode",
      facts->>'industryCode' as "industryCode"`;
    return tx.query(
      `select ${kind === 'DEMANDS' ? facts : 'offer_id as demand'} from enterprise_lists.exchange_demands
       where ${columns[kind]} = $1 order by offer_id`, [id]);
  }

  /** The platform has the file: only now its demands are told to be there, or gone. */
  async confirmed(tx: Tx, fileId: string, kind: DemandFileKind): Promise<void> {
    const rows = await tx.query<{ offerId: string }>(
      `select offer_id as "offerId" from enterprise_lists.exchange_demands where ${columns[kind]} = $1 order by offer_id`, [fileId]);
    const [{ sentAt, receivedAt }] = await tx.query<{ sentAt: Date; receivedAt: Date }>(
      `select coalesce(sent_at, made_at) as "sentAt", receipted_at as "receivedAt" from enterprise_lists.exchange_files where id = $1`, [fileId]);
    await this.publisher.publish(tx, 'platform-demands.confirmed', {
      organisationId: platformId, aggregateId: fileId, version: 1,
      payload: {
        fileId, kind, offerIds: rows.map(({ offerId }) => offerId), sentAt: sentAt.toISOString(), receivedAt: receivedAt.toISOString(),
      },
    });
  }

  /** Which of these no file ever told the platform of. */
  async unknown(tx: Tx, offerIds: readonly string[]): Promise<string[]> {
    const known = await tx.query<{ id: string }>(
      'select offer_id as id from enterprise_lists.exchange_demands where offer_id = any($1::uuid[]) and file_id is not null', [offerIds]);
    return offerIds.filter((id) => !known.some((one) => one.id === id));
  }
}
