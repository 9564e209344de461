import { CONFIG } from '@finharbor/platform/config/config';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { anonymous, type Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import { toBuffer, toString } from 'qrcode';
import type { LoanMatchingConfig } from '../config.js';
import { findHarbor } from '../copies/copies.js';
import { Scan, ScanSession } from './loan-code.entity.js';
import { findOpenCode } from './open-code.js';
import { count, openSession, sessionUses } from './through-code.js';

/** What the QR code of a loan code leads to. */
export const scanUrl = (publicUrl: string, code: string): string => new URL(`/v1/scans/${code}`, publicUrl).toString();

/** Loan codes as they are scanned, by anybody: no scan is answered differently from another. */
@Injectable()
export class ScansService {
  constructor(@Inject(CONFIG) private readonly config: LoanMatchingConfig, private readonly tenancy: Tenancy) {}

  /** What a scanned code leads to; counted. */
  scan(code: string): Promise<Scan> {
    return this.tenancy.asWorker('scan', anonymous, async (tx) => {
      const found = await findOpenCode(tx, code);
      const harbor = (await findHarbor(tx, found.harborId))!;
      tx.atEnd(async () => {
        await tx.query('update loan_matching.loan_codes set scan_count = scan_count + 1 where id = $1', [found.id]);
      });
      count(tx, found, 'scans');
      const { name: harborName, number: harborNumber, areaCode } = harbor;
      return Object.assign(new Scan(), { harborName, harborNumber, areaCode: found.areaCode ?? areaCode });
    });
  }

  /** Opens a session without registration: a secret that is good for a few demands and a short time. */
  openSession(caller: Caller, code: string): Promise<ScanSession> {
    return this.tenancy.asWorker('scan', caller, async (tx) =>
      Object.assign(new ScanSession(), { ...await openSession(tx, code), demandsLeft: sessionUses }));
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
    return scanUrl(this.config.PUBLIC_URL, code);
  }
}
