import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, type PageArgs, type PageQuery, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { addDays } from '@finharbor/standards/dates';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { LoanCode } from './loan-code.entity.js';
import type { LoanCodeDaysQuery, PlaceLoanCodeInput, RemovePlacementInput } from './loan-code.inputs.js';
import { LoanCodeDay, LoanCodePlacement } from './placement.entity.js';

const longestDays = 400;

/** The register of where codes hang (H-103), and how often each was used. */
@Injectable()
export class PlacementsService {
  constructor(private readonly tenancy: Tenancy, private readonly cursors: Cursors) {}

  /** Records where a code hangs. A revoked code hangs nowhere: ILLEGAL_STATE. */
  place(caller: Caller, loanCodeId: string, { place, placedOn }: PlaceLoanCodeInput): Promise<LoanCodePlacement> {
    return this.tenancy.run(caller, async (tx) => {
      const code = await codeOf(tx, loanCodeId);
      if (code.revokedAt) throw new DomainError('ILLEGAL_STATE', 'The loan code was revoked.');
      mustBePast('placedOn', placedOn);
      const placement = tx.manager.create(LoanCodePlacement, {
        id: newId(), bankId: code.bankId, loanCodeId, place, placedOn, placedBy: caller.clientId ?? caller.role,
        removedOn: null, recordedAt: new Date(),
      });
      await tx.manager.insert(LoanCodePlacement, placement);
      await audit(tx, { action: 'loan-code.place', resource: 'loan-code', resourceId: loanCodeId, detail: { placementId: placement.id, placedOn } });
      return placement;
    });
  }

  /** Records that a code was taken away. Once: ILLEGAL_STATE. */
  remove(caller: Caller, loanCodeId: string, id: string, { removedOn }: RemovePlacementInput): Promise<LoanCodePlacement> {
    return this.tenancy.run(caller, async (tx) => {
      const placement = await tx.manager.findOne(LoanCodePlacement, { where: { id, loanCodeId }, lock: { mode: 'pessimistic_write' } });
      if (!placement) throw notFound('placement');
      if (placement.removedOn) throw new DomainError('ILLEGAL_STATE', 'The loan code was taken away before.');
      mustBePast('removedOn', removedOn, placement.placedOn);
      await tx.manager.update(LoanCodePlacement, { id }, { removedOn });
      await audit(tx, { action: 'loan-code.take-away', resource: 'loan-code', resourceId: loanCodeId, detail: { placementId: id, removedOn } });
      return Object.assign(placement, { removedOn });
    });
  }

  /** Where all codes hang and hung, the latest record first. */
  register(caller: Caller, page: PageQuery | PageArgs): Promise<Page<LoanCodePlacement>> {
    return this.tenancy.run(caller, (tx) => {
      const placements = tx.manager.createQueryBuilder(LoanCodePlacement, 'placement');
      return readPage(placements, page, this.cursors, { list: 'loan-code-placements', organisationId: caller.organisationId });
    });
  }

  /** Where a code hangs and hung, the latest record first. */
  list(caller: Caller, loanCodeId: string, page: PageQuery): Promise<Page<LoanCodePlacement>> {
    return this.tenancy.run(caller, async (tx) => {
      await codeOf(tx, loanCodeId);
      const placements = tx.manager.createQueryBuilder(LoanCodePlacement, 'placement').where('placement.loanCodeId = :loanCodeId', { loanCodeId });
      return readPage(placements, page, this.cursors, { list: `loan-code-placements ${loanCodeId}`, organisationId: caller.organisationId });
    });
  }

  /** A page of the placements of each of many codes, in one statement. A cursor is a place in time, good for every code. */
  byCode(caller: Caller, codeIds: readonly string[], { first, after }: PageArgs): Promise<Map<string, Page<LoanCodePlacement>>> {
    const scope = { list: 'LoanCode.placements', organisationId: caller.organisationId };
    const position = after ? this.cursors.open(after, scope) : null;
    const cursorOf = ({ id }: LoanCodePlacement): string => this.cursors.seal(id, scope);
    return this.tenancy.run(caller, async (tx) => {
      const placements = await tx.manager.createQueryBuilder(LoanCodePlacement, 'placement').where(
        `placement.id in (select page.id from unnest(:codes::uuid[]) as code (id) cross join lateral (
           select one.id from loan_matching.loan_code_placements one
           where one.loan_code_id = code.id and (:position::uuid is null or one.id < :position::uuid) order by one.id desc limit :rows) page)`,
        { codes: codeIds, position, rows: first + 1 },
      ).orderBy('placement.id', 'DESC').getMany();
      return new Map(codeIds.map((codeId) => {
        const found = placements.filter(({ loanCodeId }) => loanCodeId === codeId);
        const items = found.slice(0, first);
        return [codeId, { items, nextCursor: found.length > first ? cursorOf(items.at(-1)!) : null, cursorOf }];
      }));
    });
  }

  /** How often a code was used, by day; days without use are left out. */
  days(caller: Caller, loanCodeId: string, { from, to }: LoanCodeDaysQuery): Promise<LoanCodeDay[]> {
    if (to < from || to > addDays(from, longestDays)) {
      throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'to', rule: 'range', message: `not before from, and at most ${longestDays} days later` }]);
    }
    return this.tenancy.run(caller, async (tx) => {
      await codeOf(tx, loanCodeId);
      const rows = await tx.query<LoanCodeDay>(
        `select day::text as day, sum(scans)::int as scans, sum(sessions)::int as sessions, sum(demands)::int as demands
         from loan_matching.loan_code_days where loan_code_id = $1 and day between $2 and $3 group by day order by day`, [loanCodeId, from, to],
      );
      return rows.map((row) => Object.assign(new LoanCodeDay(), row));
    });
  }
}

async function codeOf(tx: Tx, id: string): Promise<LoanCode> {
  const code = await tx.manager.findOne(LoanCode, { where: { id } });
  if (!code) throw notFound('loan code');
  return code;
}

function mustBePast(field: string, day: string, first = '2000-01-01'): void {
  if (day > localDate(new Date())) throw new DomainError('VALIDATION_FAILED', undefined, [{ field, rule: 'max', message: 'must not be a day to come' }]);
  if (day < first) throw new DomainError('VALIDATION_FAILED', undefined, [{ field, rule: 'min', message: `must not be before ${first}` }]);
}
