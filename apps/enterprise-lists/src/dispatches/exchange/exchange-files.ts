import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { newId } from '@finharbor/contracts/ids';
import { CONFIG } from '@finharbor/platform/config/config';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Inject, Injectable } from '@nestjs/common';
import type { EnterpriseListsConfig } from '../../config.js';
import { demandChannel, type DemandFileKind, demandLane, ExchangeDemands, isOfDemands } from './exchange-demands.js';
import { ExchangeFolder } from './exchange-folder.js';
import { ExchangeSigner, PlatformKeys } from './exchange-keys.js';

/** A file for an outside platform. */
export interface ExchangeFile {
  id: string;
  kind: 'DISPATCH' | 'RECALL' | DemandFileKind;
  /** Null of demands, which are for the platform itself. */
  bankId: string | null;
  channel: string;
  dispatchId: string | null;
  recallId: string | null;
  rowCount: number;
}

interface Made extends ExchangeFile {
  madeAt: Date;
  sha256: string | null;
}

/**
 * What a platform is told of a row: what a bank is told before it claims. It names nobody; the platform hands the row on by the id of its
 * referral, and whoever may know more asks us for it.
 */
const facts = `id as referral, region_code as "regionCode", industry_code as "industryCode", size_class as "sizeClass",
  established_year as "establishedYear", capital_band as "capitalBand", green_category as "greenCategory", good_prospects as "goodProspects",
  strong_demand as "strongDemand", sound_credit as "soundCredit", demand_amount as "demandAmount", demand_term_months as "demandTermMonths",
  guarantee_type as "guaranteeType"`;

/** While a claimed file is written, nobody else writes it. */
const leaseSeconds = 60;
/** The channel by its name, also of the files of demands. */
const channelOf = ({ channel }: { channel: string }): string => (channel === demandLane ? demandChannel : channel);
export const nameOf = (fileId: string): string => `${fileId}.ndjson`;

/** Files to the outside platforms: rows of the database in the transaction of their cause, and in the folder until they are confirmed. */
@Injectable()
export class ExchangeFiles {
  private readonly channels: readonly string[];
  private readonly folders: ReadonlyMap<string, ExchangeFolder>;
  readonly keys: PlatformKeys | undefined;
  private readonly signer: ExchangeSigner | undefined;

  constructor(@Inject(CONFIG) private readonly config: EnterpriseListsConfig, private readonly demands: ExchangeDemands) {
    const { CHANNEL_EXCHANGE_DIR: dir, CHANNEL_EXCHANGE_KEY: key, CHANNEL_PLATFORM_KEYS: keys } = config;
    this.keys = dir && keys ? new PlatformKeys(keys) : undefined;
    this.signer = dir && key ? new ExchangeSigner(key) : undefined;
    this.channels = this.keys?.channels ?? [];
    this.folders = new Map(this.channels.map((channel) => [channel, new ExchangeFolder(join(dir!, channel.toLowerCase()))]));
  }

  /** The channels whose platforms must confirm what they are sent. */
  get exchanged(): readonly string[] {
    return this.channels;
  }

  isExchanged(channel: string): boolean {
    return this.channels.includes(channel);
  }

  folder(channel: string): ExchangeFolder {
    return this.folders.get(channel)!;
  }

  /** Remembers a file to send, whose rows were written with its id (exchange_rows). */
  async add(tx: Tx, { id, kind, bankId, channel, dispatchId, recallId, rowCount }: ExchangeFile): Promise<void> {
    await tx.query(
      `insert into enterprise_lists.exchange_files (id, kind, bank_id, channel, dispatch_id, recall_id, row_count) values ($1, $2, $3, $4, $5, $6, $7)`,
      [id, kind, bankId, channel, dispatchId, recallId, rowCount]);
  }

  /** A recall file for each platform and bank that these referrals were sent to. How many there are. */
  async addRecalls(tx: Tx, recallId: string, referralIds: readonly string[]): Promise<number> {
    const sent = await tx.query<{ bankId: string; channel: string; ids: string[] }>(
      `select f.bank_id as "bankId", f.channel, array_agg(distinct x.referral_id) as ids from enterprise_lists.exchange_rows x
       join enterprise_lists.exchange_files f on f.id = x.file_id and f.kind = 'DISPATCH'
       where x.referral_id = any($1::uuid[]) group by f.bank_id, f.channel order by f.bank_id, f.channel`, [referralIds]);
    for (const { bankId, channel, ids } of sent) {
      const id = newId();
      await tx.query('insert into enterprise_lists.exchange_rows (file_id, referral_id) select $1, unnest($2::uuid[])', [id, ids]);
      await this.add(tx, { id, kind: 'RECALL', bankId, channel, dispatchId: null, recallId, rowCount: ids.length });
    }
    return sent.length;
  }

  /** A file of the demands that wait for one, and one of those that were taken back, if there are any. */
  async addDemands(tx: Tx): Promise<void> {
    if (!this.isExchanged(demandChannel)) return;
    for (const kind of ['DEMANDS', 'DEMAND_RECALL'] as const) {
      const file = await this.demands.gather(tx, kind);
      if (file) await this.add(tx, { ...file, kind, bankId: null, channel: demandLane, dispatchId: null, recallId: null });
    }
  }

  /**
   * Claims a file that is to be sent, or sent again, on the database's clock, and makes it: the same id and the same bytes each time, so
   * that a platform which has it already knows it.
   */
  async claim(tx: Tx): Promise<{ file: Made; bytes: Buffer } | undefined> {
    const [file] = await tx.query<Made>(
      `update enterprise_lists.exchange_files set send_after = now() + interval '${leaseSeconds} seconds', sent_count = sent_count + 1
       where id = (select id from enterprise_lists.exchange_files where channel = any($1) and receipted_at is null and send_after <= now()
         order by send_after, id limit 1 for update skip locked)
       returning id, kind, bank_id as "bankId", channel, dispatch_id as "dispatchId", recall_id as "recallId", row_count as "rowCount",
         made_at as "madeAt", sha256`, [[...this.channels, ...(this.isExchanged(demandChannel) ? [demandLane] : [])]]);
    if (!file) return undefined;
    const { id, kind, bankId: bank, dispatchId, recallId, madeAt } = file;
    const rows = isOfDemands(kind) ? await this.demands.linesOf(tx, { id, kind }) : await tx.query(
      `select ${kind === 'DISPATCH' ? facts : 'id as referral'} from enterprise_lists.referrals
       where org_id = $1 and id = any(array(select referral_id from enterprise_lists.exchange_rows where file_id = $2)) order by id`, [file.bankId, file.id]);
    const header = {
      form: 'finharbor.exchange.1', file: id, kind, channel: channelOf(file), bank: bank ?? undefined, dispatch: dispatchId ?? undefined,
      recall: recallId ?? undefined, madeAt, rows: rows.length,
    };
    const bytes = Buffer.from([header, ...rows].map((line) => `${JSON.stringify(line)}\n`).join(''));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await tx.query('update enterprise_lists.exchange_files set sha256 = $2, row_count = $3 where id = $1', [id, sha256, rows.length]);
    return { file: { ...file, sha256 }, bytes };
  }

  /** Puts a claimed file into the folder. */
  write(file: ExchangeFile, bytes: Buffer): Promise<void> {
    return this.put(channelOf(file), nameOf(file.id), bytes);
  }

  /** Puts something of ours there, signed. */
  put(channel: string, name: string, bytes: Buffer): Promise<void> {
    return this.folder(channel).write(name, bytes, this.signer!.sign(bytes));
  }

  /** From now on its receipt is waited for, so long. */
  async sent(tx: Tx, { id }: ExchangeFile): Promise<void> {
    await tx.query(
      `update enterprise_lists.exchange_files set sent_at = coalesce(sent_at, now()), send_after = now() + make_interval(secs => $2)
       where id = $1 and receipted_at is null`, [id, this.config.CHANNEL_RESEND_SECONDS]);
  }
}
