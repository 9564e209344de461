import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Injectable } from '@nestjs/common';
import { unnest } from '../bulk.js';
import { Contacts } from './contacts.js';
import type { EncodedRows } from './encoding.js';
import { stagedColumns } from './statement-columns.js';

const copyRows = `copy enterprise_lists.import_rows (${stagedColumns.join(', ')}) from stdin`;

/**
 * Rows of an import between checking and applying (ADR 25): written by COPY, in chunks, each in the transaction that saves how far
 * the check came. All of it runs as worker.
 */
@Injectable()
export class Staging {
  constructor(private readonly contacts: Contacts) {}

  /** Adds rows. Their contacts are sealed here, and lie nowhere in the clear. */
  async copy(tx: Tx, importId: string, { count, text, contacts }: EncodedRows): Promise<void> {
    if (count === 0) return;
    await tx.copyFrom(copyRows, text);
    if (contacts.length === 0) return;
    const sealed = await this.contacts.seal(tx, contacts);
    const rows = contacts.map((contact, at) => ({ ...sealed[at], row: contact.row, id: contact.enterpriseId }));
    const { names, source, parameters } = unnest(rows, {
      row_number: ['int', ({ row }) => row], enterprise_id: ['uuid', ({ id }) => id], name_encrypted: ['text', ({ name }) => name],
      phone_encrypted: ['text', ({ phone }) => phone], fingerprint: ['text', ({ fingerprint }) => fingerprint],
    }, 2);
    await tx.query(`insert into enterprise_lists.import_contacts (import_id, ${names}) select $1, ${names} from ${source}`, [importId, ...parameters]);
  }

  /** How many rows wait. Fewer than were added when PostgreSQL crashed meanwhile: then the file is to be read anew. */
  async count(tx: Tx, importId: string): Promise<number> {
    const [{ count }] = await tx.query<{ count: number }>('select count(*)::int as count from enterprise_lists.import_rows where import_id = $1', [importId]);
    return count;
  }

  /** The credit codes of the rows behind one, in their order. */
  codes(tx: Tx, importId: string, afterRow: number, limit: number): Promise<{ row: number; creditCode: string }[]> {
    return tx.query(
      `select row_number as row, credit_code as "creditCode" from enterprise_lists.import_rows where import_id = $1 and row_number > $2
       order by row_number limit $3`, [importId, afterRow, limit]);
  }

  /** Forgets the rows, and destroys the keys of contacts that nothing took over. */
  async clear(tx: Tx, importId: string): Promise<void> {
    const left = await tx.query<{ name: string | null; phone: string | null }>(
      'delete from enterprise_lists.import_contacts where import_id = $1 returning name_encrypted as name, phone_encrypted as phone', [importId]);
    if (left.length > 0) await this.contacts.destroy(tx, left);
    await tx.query('delete from enterprise_lists.import_rows where import_id = $1', [importId]);
  }
}
