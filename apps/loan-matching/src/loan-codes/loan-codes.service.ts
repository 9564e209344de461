import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { CONFIG } from '@finharbor/platform/config/config';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, type PageArgs, type PageQuery, readPage } from '@finharbor/platform/http/page';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import { anonymous, type Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import { toBuffer, toString } from 'qrcode';
import type { LoanMatchingConfig } from '../config.js';
import { findHarbor } from '../copies/copies.js';
import { LoanCode, Scan } from './loan-code.entity.js';
import type { CreateLoanCodeInput } from './loan-code.inputs.js';
import { findOpenCode, newCode } from './open-code.js';

/** Loan codes: made and revoked by the host bank or a supervisor, scanned by anybody. */
@Injectable()
export class LoanCodesService {
  constructor(
    @Inject(CONFIG) private readonly config: LoanMatchingConfig,
    private readonly tenancy: Tenancy,
    private readonly cursors: Cursors,
  ) {}

  /** Makes a code for a harbor. To a bank that is not its host the harbor does not exist. */
  create(caller: Caller, input: CreateLoanCodeInput): Promise<LoanCode> {
    return this.tenancy.run(caller, async (tx) => {
      const harbor = await findHarbor(tx, input.harborId);
      if (!harbor || (caller.role === 'bank' && harbor.hostBankId !== caller.organisationId)) throw notFound('harbor');
      const made = tx.manager.create(LoanCode, {
        id: newId(), bankId: harbor.hostBankId, code: newCode(), harborId: harbor.id, label: input.label,
        createdAt: new Date(), revokedAt: null, scanCount: 0,
      });
      await tx.manager.insert(LoanCode, made);
      await audit(tx, { action: 'loan-code.create', resource: 'loan-code', resourceId: made.id, detail: { harborId: harbor.id } });
      return this.withUrl(made);
    });
  }

  list(caller: Caller, page: PageQuery | PageArgs): Promise<Page<LoanCode>> {
    return this.tenancy.run(caller, async (tx) => {
      const codes = tx.manager.createQueryBuilder(LoanCode, 'code');
      const found = await readPage(codes, page, this.cursors, { list: 'loan-codes', organisationId: caller.organisationId });
      return { ...found, items: found.items.map((code) => this.withUrl(code)) };
    });
  }

  /** Revokes a code for good. Demands that came in through it go on. A code revoked before is ILLEGAL_STATE. */
  revoke(caller: Caller, id: string): Promise<LoanCode> {
    return this.tenancy.run(caller, async (tx) => {
      const code = await tx.manager.findOne(LoanCode, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!code) throw notFound('loan code');
      if (code.revokedAt) throw new DomainError('ILLEGAL_STATE', 'The loan code was revoked before.');
      code.revokedAt = new Date();
      await tx.manager.update(LoanCode, { id }, { revokedAt: code.revokedAt });
      await audit(tx, { action: 'loan-code.revoke', resource: 'loan-code', resourceId: id });
      return this.withUrl(code);
    });
  }

  /** What a scanned code leads to; counted. Whoever scans is anybody, so that no scan is answered differently from another. */
  scan(code: string): Promise<Scan> {
    return this.tenancy.asWorker('scan', anonymous, async (tx) => {
      const { id, harborId } = await findOpenCode(tx, code);
      await tx.query('update loan_matching.loan_codes set scan_count = scan_count + 1 where id = $1', [id]);
      const harbor = await findHarbor(tx, harborId);
      return Object.assign(new Scan(), { harborName: harbor!.name, harborNumber: harbor!.number, areaCode: harbor!.areaCode });
    });
  }

  /** The code as QR, for print. */
  async qrSvg(code: string): Promise<string> {
    return toString(await this.scannableUrl(code), { type: 'svg', errorCorrectionLevel: 'Q' });
  }

  /** The code as QR, for screens: 512 pixels wide. */
  async qrPng(code: string): Promise<Buffer> {
    return toBuffer(await this.scannableUrl(code), { type: 'png', errorCorrectionLevel: 'Q', width: 512 });
  }

  private async scannableUrl(code: string): Promise<string> {
    await this.tenancy.asWorker('scan', anonymous, (tx) => findOpenCode(tx, code));
    return this.urlOf(code);
  }

  private withUrl(code: LoanCode): LoanCode {
    return Object.assign(code, { url: this.urlOf(code.code) });
  }

  private urlOf(code: string): string {
    return new URL(`/v1/scans/${code}`, this.config.PUBLIC_URL).toString();
  }
}
