import { createHash } from 'node:crypto';
import { platformApplicationShape, platformResult } from '@finharbor/contracts/events/exchange';
import { enterpriseIdOf, newId } from '@finharbor/contracts/ids';
import { mayGive } from '@finharbor/contracts/reasons';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { checkCreditCode, normaliseCreditCode } from '@finharbor/standards/credit-code';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { demandChannel, ExchangeDemands, platformId } from './exchange-demands.js';
import { ExchangeFiles } from './exchange-files.js';
import type { Incoming } from './exchange-folder.js';
import { ExchangeReceipts, type Reading, type Refusal } from './exchange-receipts.js';

/** So many rows has a file of theirs at most. */
const mostRows = 500;

/** Strict, so that nothing comes in that is not named here: a contact, an identity number. */
const application = z.strictObject({ ...platformApplicationShape, creditCode: z.string().min(15).max(18) })
  // Registered codes whose check character is wrong exist; whether this is one the enterprise master says, and until then no bank sees it.
  .refine(({ creditCode }) => { const { kind, problem } = checkCreditCode(creditCode); return kind !== 'INVALID' || problem === 'CHECKSUM'; });
const outcome = z.strictObject({
  outcome: z.uuid(), demand: z.uuid(), result: platformResult, reasonCode: z.enum(ReasonCode).nullable(), at: z.iso.datetime(),
}).refine(({ result, reasonCode }) => (result === 'REJECTED' ? reasonCode !== null && mayGive('bank', reasonCode) : reasonCode === null));

const head = { form: z.literal('finharbor.exchange.1'), file: z.uuid(), channel: z.string(), madeAt: z.iso.datetime(), rows: z.int().min(1).max(mostRows) };
const heads = z.discriminatedUnion('kind', [
  z.strictObject({ ...head, kind: z.literal('APPLICATIONS') }), z.strictObject({ ...head, kind: z.literal('OUTCOMES') }),
]);

/** A file that the platform made, as it says it. */
type Opened = z.infer<typeof heads> & { sha256: string } & (
  { kind: 'APPLICATIONS'; lines: z.infer<typeof application>[] } | { kind: 'OUTCOMES'; lines: z.infer<typeof outcome>[] });

/** A row, under the platform's own reference, and how it is told. */
type Told = { reference: string; tell: (id: string) => Promise<void> };

/**
 * Files of the platform: what enterprises applied for there, and what its banks did with the demands that it was offered. A file is
 * believed whole or not at all, and once; so is each reference in it, in whatever file it comes again.
 */
@Injectable()
export class ExchangeIncoming {
  constructor(
    private readonly files: ExchangeFiles,
    private readonly receipts: ExchangeReceipts,
    private readonly demands: ExchangeDemands,
    private readonly publisher: Publisher,
  ) {}

  /** Records a file and tells what is new in it. Runs as worker. */
  async record(tx: Tx, incoming: Incoming): Promise<Reading> {
    const opened = this.open(incoming);
    if (typeof opened === 'string') return this.receipts.refuse(tx, demandChannel, incoming, opened);
    const { file, kind, sha256, rows } = opened;
    const strange = opened.kind === 'OUTCOMES' ? await this.demands.unknown(tx, opened.lines.map(({ demand }) => demand)) : [];
    if (strange.length > 0) return this.receipts.refuse(tx, demandChannel, incoming, 'DEMAND');
    const fresh = await tx.query(
      `insert into enterprise_lists.exchange_incoming (id, channel, kind, sha256, row_count, receipt_id, signature) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (id) do nothing returning id`, [file, demandChannel, kind, sha256, rows, newId(), incoming.signature]);
    if (fresh.length === 0) {
      const known = await tx.query('select from enterprise_lists.exchange_incoming where id = $1 and sha256 = $2', [file, sha256]);
      return known.length > 0 ? { result: 'DOUBLED', fileId: file } : this.receipts.refuse(tx, demandChannel, incoming, 'CONTENT');
    }
    const told = await this.tell(tx, opened);
    await audit(tx, { action: 'exchange.read', resource: 'exchange-file', resourceId: file, detail: { channel: demandChannel, kind, rows, new: told } });
    return { result: 'RECORDED', fileId: file };
  }

  /** Our receipt for a file of theirs, the same each time; until the platform has it, it sends the file again. */
  async answer(tx: Tx, fileId: string): Promise<void> {
    const [{ receipt, sha256, rows, at }] = await tx.query<{ receipt: string; sha256: string; rows: number; at: Date }>(
      'select receipt_id as receipt, sha256, row_count as rows, read_at as at from enterprise_lists.exchange_incoming where id = $1', [fileId]);
    const text = JSON.stringify({ form: 'finharbor.exchange-receipt.1', receipt, file: fileId, channel: demandChannel, sha256, rows, at: at.toISOString() });
    await this.files.put(demandChannel, `${fileId}.json`, Buffer.from(`${text}\n`));
  }

  private async tell(tx: Tx, opened: Opened): Promise<number> {
    let count = 0;
    for (const { reference, tell } of this.rowsOf(tx, opened)) {
      const fresh = await tx.query(
        `insert into enterprise_lists.exchange_incoming_rows (kind, reference, file_id) values ($1, $2, $3) on conflict do nothing returning 1`,
        [opened.kind, reference, opened.file]);
      if (fresh.length === 0) continue;
      await tell(newId());
      count += 1;
    }
    return count;
  }

  /** In the order of their references, so that two files with the same ones do not wait for each other in a circle. */
  private rowsOf(tx: Tx, opened: Opened): Told[] {
    const common = { organisationId: platformId, version: 1 };
    const rows = opened.kind === 'APPLICATIONS'
      ? opened.lines.map(({ creditCode, ...said }): Told => ({
        reference: said.reference,
        tell: (aggregateId) => this.publisher.publish(tx, 'platform-application.received', {
          ...common, aggregateId, payload: { ...said, enterpriseId: enterpriseIdOf(normaliseCreditCode(creditCode)) },
        }),
      }))
      : opened.lines.map(({ outcome: reference, demand: offerId, ...said }): Told => ({
        reference, tell: () => this.publisher.publish(tx, 'platform-outcome.received', { ...common, aggregateId: offerId, payload: { offerId, ...said } }),
      }));
    return rows.sort((one, other) => (one.reference < other.reference ? -1 : 1));
  }

  /** What the file says, or why it is not believed. */
  private open(incoming: Incoming): Opened | Refusal {
    const distrusted = this.receipts.distrust(demandChannel, incoming);
    if (distrusted) return distrusted;
    try {
      const [first, ...rest] = incoming.bytes.toString().trimEnd().split('\n').map((line): unknown => JSON.parse(line));
      const header = heads.parse(first);
      if (header.channel !== demandChannel) return 'CHANNEL';
      if (header.rows !== rest.length) return 'CONTENT';
      const sha256 = createHash('sha256').update(incoming.bytes).digest('hex');
      return header.kind === 'APPLICATIONS'
        ? { ...header, sha256, kind: header.kind, lines: rest.map((line) => application.parse(line)) }
        : { ...header, sha256, kind: header.kind, lines: rest.map((line) => outcome.parse(line)) };
    } catch {
      return 'FORM';
    }
  }
}
