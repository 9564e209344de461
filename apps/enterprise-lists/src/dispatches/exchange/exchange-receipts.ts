import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ReferralDeliveries } from '../../referrals/referral-deliveries.js';
import { demandChannel, type DemandFileKind, demandLane, ExchangeDemands, isOfDemands } from './exchange-demands.js';
import { ExchangeFiles } from './exchange-files.js';
import type { Incoming } from './exchange-folder.js';

/** What a platform says of a file: that it has it, as it is. */
const receiptSchema = z.object({
  form: z.literal('finharbor.exchange-receipt.1'),
  receipt: z.uuid(), file: z.uuid(), channel: z.string(), sha256: z.string(), rows: z.int(), at: z.iso.datetime(),
});

type Receipt = z.infer<typeof receiptSchema>;

/** Why a receipt, or a file of the platform, is not believed. */
export type Refusal = 'SIZE' | 'UNSIGNED' | 'SIGNATURE' | 'FORM' | 'CHANNEL' | 'FILE' | 'CONTENT' | 'DEMAND';

/** What a receipt did. */
export type Reading = { result: 'RECORDED' | 'DOUBLED'; fileId: string } | { result: 'REFUSED'; reason: Refusal };

interface Confirmed {
  kind: 'DISPATCH' | 'RECALL' | DemandFileKind;
  bankId: string;
  dispatchId: string;
  recallId: string;
  sha256: string | null;
  rowCount: number;
}

const refused = (reason: Refusal): Reading => ({ result: 'REFUSED', reason });

/** Reads receipts back: a row goes on only by one that its platform signed, over the file that was sent, the first time it is read. */
@Injectable()
export class ExchangeReceipts {
  constructor(
    private readonly files: ExchangeFiles,
    private readonly deliveries: ReferralDeliveries,
    private readonly demands: ExchangeDemands,
  ) {}

  /** Why nothing that is in it is believed; undefined where the platform signed it. */
  distrust(channel: string, { bytes, signature }: Incoming): Refusal | undefined {
    if (bytes.length === 0) return 'SIZE';
    if (signature === null) return 'UNSIGNED';
    return this.files.keys!.holds(channel, bytes, signature) ? undefined : 'SIGNATURE';
  }

  /** What of a receipt can be told without the database. */
  verify(channel: string, incoming: Incoming): Receipt | Refusal {
    const { bytes } = incoming;
    const distrusted = this.distrust(channel, incoming);
    if (distrusted) return distrusted;
    try {
      const receipt = receiptSchema.parse(JSON.parse(bytes.toString()));
      return receipt.channel === channel ? receipt : 'CHANNEL';
    } catch {
      return 'FORM';
    }
  }

  /** Records a receipt and does what it confirms. Runs as worker. */
  async record(tx: Tx, channel: string, incoming: Incoming): Promise<Reading> {
    const receipt = this.verify(channel, incoming);
    if (typeof receipt === 'string') return this.refuse(tx, channel, incoming, receipt);
    const [file] = await tx.query<Confirmed>(
      `select kind, bank_id as "bankId", dispatch_id as "dispatchId", recall_id as "recallId", sha256, row_count as "rowCount"
       from enterprise_lists.exchange_files where id = $1 and channel = any($2) for update`, [receipt.file, channel === demandChannel ? [channel, demandLane] : [channel]]);
    if (!file) return this.refuse(tx, channel, incoming, 'FILE');
    if (file.sha256 !== receipt.sha256 || file.rowCount !== receipt.rows) return this.refuse(tx, channel, incoming, 'CONTENT');
    const fresh = await tx.query(
      `insert into enterprise_lists.exchange_receipts (id, file_id, body, signature) values ($1, $2, $3, $4) on conflict do nothing returning id`,
      [receipt.receipt, receipt.file, incoming.bytes.toString(), incoming.signature]);
    if (fresh.length === 0) return { result: 'DOUBLED', fileId: receipt.file };
    await tx.query('update enterprise_lists.exchange_files set receipted_at = now() where id = $1', [receipt.file]);
    if (isOfDemands(file.kind)) await this.demands.confirmed(tx, receipt.file, file.kind);
    else await (file.kind === 'DISPATCH' ? this.deliver(tx, receipt.file, channel, file) : this.countRecall(tx, file.recallId));
    const detail = { receiptId: receipt.receipt, channel, kind: file.kind, rows: receipt.rows };
    await audit(tx, { action: 'exchange.receipt', resource: 'exchange-file', resourceId: receipt.file, detail });
    return { result: 'RECORDED', fileId: receipt.file };
  }

  /** SENT → DELIVERED. What was recalled meanwhile stays so. */
  private async deliver(tx: Tx, fileId: string, channel: string, { bankId, dispatchId }: Confirmed): Promise<void> {
    const [{ count }] = await tx.patiently(60_000, () => tx.query<{ count: number }>(
      `with delivered as (update enterprise_lists.referrals set state = 'DELIVERED', delivered_at = now()
         where org_id = $1 and id = any(array(select referral_id from enterprise_lists.exchange_rows where file_id = $2)) and state = 'SENT' returning 1)
       select count(*)::int as count from delivered`, [bankId, fileId]));
    await this.deliveries.delivered(tx, { dispatchId, bankId, channel: channel as 'GREEN', count });
  }

  private async countRecall(tx: Tx, recallId: string): Promise<void> {
    await tx.query('update enterprise_lists.list_recalls set receipt_count = receipt_count + 1 where id = $1', [recallId]);
  }

  /** Remembers what was not believed, and why. */
  async refuse(tx: Tx, channel: string, { name, sha256 }: Incoming, reason: Refusal): Promise<Reading> {
    await tx.query(
      `insert into enterprise_lists.exchange_refusals (channel, sha256, name, reason) values ($1, $2, $3, $4) on conflict do nothing`,
      [channel, sha256, name, reason]);
    return refused(reason);
  }
}
