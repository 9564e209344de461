import { reachingNobody } from '@finharbor/contracts/clocks';
import { DomainError } from '@finharbor/contracts/errors';
import { trailOf } from '@finharbor/platform/clocks/clock-rows';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import type { DemandClock } from './demand-clock.entity.js';
import { LadderFigures, LadderSimulation, type SimulateLadderInput } from './ladder-simulation.js';
import { replay, type Replayed } from './replay.js';

/** So many clocks are read at once. */
const page = 1_000;
/** More than this in one answer is more than anybody waits for. */
const most = 50_000;

type Kept = Pick<DemandClock, 'id' | 'trail' | 'terms'>;

/** Replays what happened to the clocks of past demands under other terms, before these are imported. Nothing is changed. */
@Injectable()
export class SimulationsService {
  constructor(private readonly tenancy: Tenancy, private readonly reference: ReferenceCopies) {}

  simulate(caller: Caller, { kind, from, to, days, unit, rollForward, reminders, ladder }: SimulateLadderInput): Promise<LadderSimulation> {
    return this.tenancy.run(caller, async (tx) => {
      if (to < from) throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'to', rule: 'range', message: 'to is before from' }]);
      const inVain = reachingNobody(kind, { reminders, ladder });
      if (inVain.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, inVain.map((field) => ({ field, rule: 'holder', message: `${field} would tell the enterprise, which has no account to be told by` })));
      const all = Object.entries({ amount: days, unit, rollForward, reminders, ladder });
      const given = Object.fromEntries(all.filter(([, value]) => value !== undefined));
      const calendar = await this.reference.calendar(tx);
      const now = new Date();
      const [held, tried] = [none(), none()];
      for (let last: string | null = null; ;) {
        const rows: Kept[] = await tx.query<Kept>(
          `select id, trail, terms from loan_matching.clocks where kind = $1 and started_on between $2 and $3 and ($4::uuid is null or id > $4) order by id limit ${page}`,
          [kind, from, to, last]);
        const clocks = rows.map((row) => ({ trail: trailOf(row.trail), terms: row.terms }));
        add(held, replay(clocks, calendar, now));
        add(tried, replay(clocks.map(({ trail, terms }) => ({ trail, terms: { ...terms, ...given } })), calendar, now));
        if (rows.length < page) break;
        if (held.clocks >= most) throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'from', rule: 'limit', message: `there are more than ${most} clocks: take fewer days` }]);
        last = rows.at(-1)!.id;
      }
      return Object.assign(new LadderSimulation(), { held, tried });
    });
  }
}

const none = (): LadderFigures => Object.assign(new LadderFigures(), { clocks: 0, reminders: 0, breaches: 0, rungs: [] });

function add(sum: LadderFigures, { clocks, reminders, breaches, rungs }: Replayed): void {
  sum.clocks += clocks;
  sum.reminders += reminders;
  sum.breaches += breaches;
  for (const { after, clocks: more } of rungs) {
    const rung = sum.rungs.find((one) => one.after === after);
    if (rung) rung.clocks += more;
    else sum.rungs.push({ after, clocks: more });
  }
  sum.rungs.sort((a, b) => a.after - b.after);
}
