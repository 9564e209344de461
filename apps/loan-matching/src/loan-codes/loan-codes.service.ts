import { DomainError, type FieldError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { CONFIG } from '@finharbor/platform/config/config';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, type PageArgs, type PageQuery, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { addDays } from '@finharbor/standards/dates';
import { type Region, regionOn } from '@finharbor/standards/regions';
import { localDate } from '@finharbor/standards/working-days';
import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { LoanMatchingConfig } from '../config.js';
import { findHarbor } from '../copies/copies.js';
import { signCode } from './code-token.js';
import { LoanCode } from './loan-code.entity.js';
import type { CreateLoanCodeInput, RotateLoanCodeInput } from './loan-code.inputs.js';
import { LoanCodeKind } from './loan-code-kind.js';
import { LoanCodeKeysService } from './loan-code-keys.service.js';
import { newCode } from './open-code.js';
import { drawPoster } from './poster.js';
import { scanUrl } from './scans.service.js';

const longestOverlapDays = 400;

/** Loan codes: made, printed anew and revoked by the host bank or a supervisor. */
@Injectable()
export class LoanCodesService {
  constructor(
    @Inject(CONFIG) private readonly config: LoanMatchingConfig,
    private readonly tenancy: Tenancy,
    private readonly cursors: Cursors,
    private readonly keys: LoanCodeKeysService,
    private readonly reference: ReferenceCopies,
  ) {}

  /** Makes a code for a harbor, and signs it. To a bank that is not its host the harbor does not exist. */
  async create(caller: Caller, input: CreateLoanCodeInput): Promise<LoanCode> {
    const { keyId, privateKey } = await this.keys.signing();
    return this.tenancy.run(caller, async (tx) => {
      const harbor = await findHarbor(tx, input.harborId);
      if (!harbor || (caller.role === 'bank' && harbor.hostBankId !== caller.organisationId)) throw notFound('harbor');
      const today = localDate(new Date());
      const problems = inputProblems(input, today, await this.reference.regions(tx));
      if (problems.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, problems);
      const { kind = LoanCodeKind.HARBOR, validFrom = today, validTo = null, areaCode = null, place = null, officerId = null } = input;
      const print = { shortCode: newCode(), kind, version: 1, validFrom, validTo };
      const made = tx.manager.create(LoanCode, {
        ...print, id: newId(), bankId: harbor.hostBankId, harborId: harbor.id, label: input.label,
        token: signCode({ ...print, keyId }, privateKey), previousUntil: null, areaCode, place, officerId,
        demandKinds: input.demandKinds ?? [], createdAt: new Date(), revokedAt: null, scanCount: 0,
      });
      await tx.manager.insert(LoanCode, made);
      await audit(tx, { action: 'loan-code.create', resource: 'loan-code', resourceId: made.id, detail: { harborId: harbor.id, kind } });
      return this.shown(made);
    });
  }

  list(caller: Caller, page: PageQuery | PageArgs): Promise<Page<LoanCode>> {
    return this.tenancy.run(caller, async (tx) => {
      const codes = tx.manager.createQueryBuilder(LoanCode, 'code');
      const found = await readPage(codes, page, this.cursors, { list: 'loan-codes', organisationId: caller.organisationId });
      return { ...found, items: found.items.map((code) => this.shown(code)) };
    });
  }

  /** For the graph: those of the codes that the caller may see. */
  byIds(caller: Caller, ids: readonly string[]): Promise<Map<string, LoanCode>> {
    return this.tenancy.run(caller, async (tx) => {
      const found = await tx.manager.findBy(LoanCode, { id: In([...ids]) });
      return new Map(found.map((code) => [code.id, this.shown(code)]));
    });
  }

  get(caller: Caller, id: string): Promise<LoanCode> {
    return this.tenancy.run(caller, async (tx) => this.shown(await find(tx, id)));
  }

  /**
   * Prints a code anew: the next version, signed by the present key. The print before stays good until the day that is named, and any
   * earlier one is over. A revoked code is ILLEGAL_STATE.
   */
  async rotate(caller: Caller, id: string, { previousUntil, validTo }: RotateLoanCodeInput): Promise<LoanCode> {
    const { keyId, privateKey } = await this.keys.signing();
    return this.tenancy.run(caller, async (tx) => {
      const code = await find(tx, id, true);
      mustBeOpen(code);
      const today = localDate(new Date());
      const until = validTo ?? code.validTo;
      const problems: FieldError[] = [];
      const longest = addDays(today, longestOverlapDays);
      if (previousUntil > longest) problems.push({ field: 'previousUntil', rule: 'max', message: `at most ${longestOverlapDays} days from now` });
      // One that has not begun begins when it was to.
      const validFrom = code.validFrom && code.validFrom > today ? code.validFrom : today;
      if (until && until < validFrom) problems.push({ field: 'validTo', rule: 'min', message: 'not before today, nor before validFrom' });
      if (problems.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, problems);
      const version = code.version + 1;
      const { shortCode, kind } = code;
      const token = signCode({ shortCode, kind, keyId, version, validFrom, validTo: until }, privateKey);
      const changes = { version, token, validFrom, validTo: until, previousUntil };
      await tx.manager.update(LoanCode, { id }, changes);
      await audit(tx, { action: 'loan-code.rotate', resource: 'loan-code', resourceId: id, detail: { version, previousUntil } });
      return this.shown(Object.assign(code, changes));
    });
  }

  /** Revokes a code for good. Demands that came in through it go on. A code revoked before is ILLEGAL_STATE. */
  revoke(caller: Caller, id: string): Promise<LoanCode> {
    return this.tenancy.run(caller, async (tx) => {
      const code = await find(tx, id, true);
      mustBeOpen(code);
      code.revokedAt = new Date();
      await tx.manager.update(LoanCode, { id }, { revokedAt: code.revokedAt });
      await audit(tx, { action: 'loan-code.revoke', resource: 'loan-code', resourceId: id });
      return this.shown(code);
    });
  }

  /** The poster of the code, A4 in the unified style. A revoked code has none. */
  async poster(caller: Caller, id: string): Promise<Buffer> {
    const poster = await this.tenancy.run(caller, async (tx) => {
      const code = this.shown(await find(tx, id));
      mustBeOpen(code);
      const harbor = (await findHarbor(tx, code.harborId))!;
      return {
        url: code.url, harborName: harbor.name, harborNumber: harbor.number, place: code.place ?? code.label, version: code.version,
        shortCode: code.shortCode, validTo: code.validTo, madeAt: code.createdAt,
      };
    });
    return drawPoster(poster);
  }

  private shown(code: LoanCode): LoanCode {
    const text = code.token ?? code.shortCode;
    return Object.assign(code, { code: text, url: scanUrl(this.config.PUBLIC_URL, text) });
  }
}

async function find(tx: Tx, id: string, lock = false): Promise<LoanCode> {
  const code = await tx.manager.findOne(LoanCode, { where: { id }, ...(lock && { lock: { mode: 'pessimistic_write' as const } }) });
  if (!code) throw notFound('loan code');
  return code;
}

function mustBeOpen({ revokedAt }: LoanCode): void {
  if (revokedAt) throw new DomainError('ILLEGAL_STATE', 'The loan code was revoked before.');
}

/** What each kind needs, and dates that go together. */
const needed: Partial<Record<LoanCodeKind, 'areaCode' | 'place' | 'officerId' | 'validTo'>> = {
  STREET: 'areaCode', OUTLET: 'place', PARK: 'place', OFFICER: 'officerId', CAMPAIGN: 'validTo',
};

function inputProblems(input: CreateLoanCodeInput, today: string, regions: Region[]): FieldError[] {
  const { kind, areaCode, validTo, validFrom = today } = input;
  const needs = kind && needed[kind];
  const problems: FieldError[] = [];
  if (needs && !input[needs]) problems.push({ field: needs, rule: 'required', message: `a ${kind} needs it` });
  if (areaCode && !regionOn(areaCode, today, regions)) problems.push({ field: 'areaCode', rule: 'region', message: 'must be a region in force today' });
  const first = validFrom > today ? validFrom : today;
  if (validTo && validTo < first) problems.push({ field: 'validTo', rule: 'min', message: 'not before today, nor before validFrom' });
  return problems;
}
