import type { EventOf } from '@finharbor/contracts/events/catalogue';
import { ReferenceDataKind } from '@finharbor/contracts/vocabulary';
import type { LprQuote } from '@finharbor/standards/lpr';
import type { Region } from '@finharbor/standards/regions';
import { OFFICIAL_CALENDAR, type ReferenceRow, type WorkingDayCalendar, withImportedDays } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { On } from '../delivery/on.js';
import type { Tx } from '../tenancy/tx.js';

/** @param organisationId who changed it */
export type ReferenceListener = (tx: Tx, kind: ReferenceDataKind, organisationId: string) => Promise<void>;

/**
 * The district's reference data as a service knows it: what is built into libs/standards, with what was imported at partners laid
 * over it. Read in the transaction that asks (a few rows), so that every replica answers by the same. A service that needs it
 * lists this class among its providers and has the table `reference_copies` (kind, key, data, version) in its schema.
 */
@Injectable()
export class ReferenceCopies {
  private readonly listeners: ReferenceListener[] = [];

  /** Called in the transaction of every change: what rests on reference data is made anew. */
  onChange(listener: ReferenceListener): void {
    this.listeners.push(listener);
  }

  /** A row that was withdrawn stays as one without data, so that an older event does not bring it back. */
  @On('reference-data.changed')
  async changed({ payload, version, organisationId }: EventOf<'reference-data.changed'>, tx: Tx): Promise<void> {
    await tx.query(
      `insert into ${tx.schema}.reference_copies as copy (kind, key, data, version)
       select $1, key, nullif(data, 'null'), $3 from jsonb_to_recordset($2) as told (key text, data jsonb) order by key
       on conflict (kind, key) do update set data = excluded.data, version = excluded.version where copy.version < excluded.version`,
      [payload.kind, JSON.stringify(payload.rows), version],
    );
    for (const listener of this.listeners) await listener(tx, payload.kind, organisationId);
  }

  /** The working-day calendar. A day of a year that nobody announced is CALENDAR_NOT_COVERED. */
  async calendar(tx: Tx): Promise<WorkingDayCalendar> {
    return withImportedDays(OFFICIAL_CALENDAR, await this.rows(tx, ReferenceDataKind.CALENDAR));
  }

  /** The regions to lay over the built-in ones (`regionOn`). */
  async regions(tx: Tx): Promise<Region[]> {
    return (await this.rows(tx, ReferenceDataKind.REGIONS)).map(({ data }) => data as unknown as Region);
  }

  /** Terms of clocks from a day on (`termsOn`). */
  serviceLevels(tx: Tx): Promise<ReferenceRow[]> {
    return this.rows(tx, ReferenceDataKind.SLA);
  }

  /** The quotes of the loan prime rate to lay over the built-in ones (`lprOn`). */
  async quotes(tx: Tx): Promise<LprQuote[]> {
    return (await this.rows(tx, ReferenceDataKind.LPR)).map(({ data }) => data as unknown as LprQuote);
  }

  private rows(tx: Tx, kind: ReferenceDataKind): Promise<ReferenceRow[]> {
    return tx.query<ReferenceRow>(`select key, data from ${tx.schema}.reference_copies where kind = $1 and data is not null`, [kind]);
  }
}
