import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, PageArgs, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { In } from 'typeorm';
import { Match } from '../matching/match.entity.js';
import { matchesOf } from '../matching/matches.js';
import { stepsOf } from '../trail/trail.js';
import type { TrailStep } from '../trail/trail-step.entity.js';
import { findDemand, onDemand } from './demand-access.js';
import { DemandCounts } from './demand-counts.js';
import { Demand } from './demand.entity.js';
import type { DemandsArgs, DemandsQuery } from './demand.inputs.js';
import { DemandState } from './demand-states.js';
import { Disclosure } from './disclosure.js';
import { readGreenFirst } from './green-first.js';

/** Reading demands. Row level security says which: a bank its own, supervisors all, an applicant the one whose secret it holds. */
@Injectable()
export class DemandsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly cursors: Cursors,
    private readonly disclosure: Disclosure,
  ) {}

  list(caller: Caller, query: DemandsQuery | DemandsArgs): Promise<Page<Demand>> {
    return this.tenancy.run(caller, async (tx) => {
      const demands = tx.manager.createQueryBuilder(Demand, 'demand');
      const { state, source, greenChannel, greenFirst = false } = query;
      if (state) demands.andWhere('demand.state = :state', { state });
      if (source) demands.andWhere('demand.source = :source', { source });
      // As it stands in the indexes of the green channel.
      if (typeof greenChannel === 'boolean') demands.andWhere(greenChannel ? 'demand.green_channel' : 'not demand.green_channel');
      const scope = { list: greenFirst ? 'demands, green first' : 'demands', organisationId: caller.organisationId, filter: filterOf(query) };
      const page = await (greenFirst ? readGreenFirst : readPage)(demands, query, this.cursors, scope);
      return { ...page, items: await this.disclosure.show(tx, page.items) };
    });
  }

  get(caller: Caller, id: string): Promise<Demand> {
    return onDemand(this.tenancy, caller, async (tx) => this.disclosure.showOne(tx, await findDemand(tx, id)));
  }

  /** Every product with a reason per rule, best first. */
  matches(caller: Caller, id: string): Promise<Match[]> {
    return onDemand(this.tenancy, caller, async (tx) => matchesOf(tx, [(await findDemand(tx, id)).id]));
  }

  /** What happened, oldest first. A bank sees its own part. */
  trail(caller: Caller, id: string): Promise<TrailStep[]> {
    return onDemand(this.tenancy, caller, async (tx) => stepsOf(tx, [(await findDemand(tx, id)).id]));
  }

  /** For the graph: those of the demands that the caller may see. What is no id names no demand. */
  byIds(caller: Caller, ids: readonly string[]): Promise<Map<string, Demand>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.manager.findBy(Demand, { id: In(ids.filter((id) => isUUID(id))) });
      return new Map((await this.disclosure.show(tx, rows)).map((demand) => [demand.id, demand]));
    });
  }

  matchesByDemand(caller: Caller, ids: readonly string[]): Promise<Map<string, Match[]>> {
    return this.tenancy.run(caller, async (tx) => grouped(ids, await matchesOf(tx, ids)));
  }

  trailByDemand(caller: Caller, ids: readonly string[]): Promise<Map<string, TrailStep[]>> {
    return this.tenancy.run(caller, async (tx) => grouped(ids, await stepsOf(tx, ids)));
  }

  /** A page of demands for each of many harbors, in one statement. A cursor is a place in time, good for every harbor. */
  byHarbor(caller: Caller, harborIds: readonly string[], args: PageArgs): Promise<Map<string, Page<Demand>>> {
    const scope = { list: 'Harbor.demands', organisationId: caller.organisationId };
    const position = args.after ? this.cursors.open(args.after, scope) : null;
    return this.tenancy.run(caller, async (tx) => {
      const rows = await this.newestOfEach(tx, harborIds, position, args.first + 1);
      const demands = await this.disclosure.show(tx, rows);
      const cursorOf = (demand: Demand): string => this.cursors.seal(demand.id, scope);
      return new Map(harborIds.map((harborId) => {
        const found = demands.filter((demand) => demand.harborId === harborId);
        const items = found.slice(0, args.first);
        return [harborId, { items, nextCursor: found.length > items.length ? cursorOf(items.at(-1)!) : null, cursorOf }];
      }));
    });
  }

  /** How many of the demands that the caller may see came through each harbor. */
  countsByHarbor(caller: Caller, harborIds: readonly string[]): Promise<Map<string, DemandCounts>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.query<{ harborId: string; state: DemandState; count: number }>(
        `select harbor_id as "harborId", state, count(*)::int as count from loan_matching.demands where harbor_id = any($1) group by harbor_id, state`,
        [harborIds.filter((id) => isUUID(id))],
      );
      return new Map(harborIds.map((id) => [id, DemandCounts.of(rows.filter(({ harborId }) => harborId === id))]));
    });
  }

  private newestOfEach(tx: Tx, harborIds: readonly string[], position: string | null, rows: number): Promise<Demand[]> {
    return tx.manager.createQueryBuilder(Demand, 'demand')
      .where(
        `demand.id in (select page.id from unnest(:harbors::uuid[]) as harbor (id) cross join lateral (
           select one.id from loan_matching.demands one
           where one.harbor_id = harbor.id and (:position::uuid is null or one.id < :position::uuid) order by one.id desc limit :rows) page)`,
        { harbors: harborIds.filter((id) => isUUID(id)), position, rows },
      )
      .orderBy('demand.id', 'DESC')
      .getMany();
  }
}

/** What a cursor of the list is bound to; cursors from before there was more to ask for stay good. */
const filterOf = ({ state, source, greenChannel }: DemandsQuery | DemandsArgs): unknown =>
  (typeof greenChannel === 'boolean' ? { state, source, greenChannel } : source ? { state, source } : state);

function grouped<T extends { demandId: string }>(ids: readonly string[], rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>(ids.map((id) => [id, []]));
  for (const row of rows) groups.get(row.demandId)?.push(row);
  return groups;
}
