import { type DataKey, dataKeyIdOf } from '@finharbor/security/encryption/data-key';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import type { FieldPlace } from '@finharbor/security/encryption/field-place';
import { Injectable } from '@nestjs/common';
import type { Tx } from '../tenancy/tx.js';
import { identifiersOf } from './identifiers.js';

/** A row that holds personal data, and the organisation that it belongs to. */
export interface PersonalRow {
  id: string;
  organisationId: string;
}

/** Texts, clear or encrypted, by column; null what there is not. */
export type Texts<Column extends string> = Record<Column, string | null>;

/** What a row is to hold, by column, without `_encrypted`. */
export interface PersonalTexts<Column extends string> extends PersonalRow {
  texts: Texts<Column>;
  /** Phone numbers and mail addresses by which the person can be found, for a report on it or its erasure. */
  identifiers?: readonly (string | null)[];
  /** A ciphertext of the same person and record, whose key serves on where it still exists. */
  under?: string | null;
}

/** What a row holds, by column, without `_encrypted`. */
export interface SealedRow<Column extends string> extends PersonalRow {
  sealed: Texts<Column>;
}

/**
 * Encrypts and decrypts personal data (architecture.md rule 11, ADR 20): each record of a person has a data key of its own, which
 * lies in `data_keys`, itself encrypted with the field keys. Without its row there nothing of that record can be read any more.
 */
@Injectable()
export class PersonalData {
  /** The keys that a transaction made last: what it seals under them next takes no statement. */
  private readonly made = new WeakMap<Tx, Map<string, DataKey>>();

  constructor(private readonly cipher: FieldCipher) {}

  /** The ciphertexts of rows of a table, in the order of the rows. Their keys are saved in the transaction. */
  async seal<Column extends string>(tx: Tx, table: string, rows: readonly PersonalTexts<Column>[]): Promise<Texts<Column>[]> {
    const isEmpty = (texts: Texts<Column>): boolean => Object.values(texts).every((text) => text === null);
    const known = await this.keys(tx, rows.map(({ under, texts }) => (isEmpty(texts) ? null : under ?? null)));
    const made: { key: DataKey; identifiers: string[] }[] = [];
    const sealed = rows.map((row) => {
      const columns = Object.entries(row.texts) as [Column, string | null][];
      if (isEmpty(row.texts)) return { ...row.texts };
      let key = row.under ? known.get(dataKeyIdOf(row.under) ?? '') : undefined;
      if (!key) {
        key = this.cipher.newDataKey();
        made.push({ key, identifiers: (row.identifiers ?? []).flatMap((one) => (one ? identifiersOf(one) : [])) });
      }
      const seal = (column: Column, text: string): string => key.seal(text, placeOf(tx, table, column, row));
      return Object.fromEntries(columns.map(([column, text]) => [column, text === null ? null : seal(column, text)])) as Texts<Column>;
    });
    if (made.length > 0) this.save(tx, made);
    return sealed;
  }

  /** The texts of rows in the clear. Null what the row does not hold, or what was erased. Throws for what was changed or moved. */
  async open<Column extends string>(tx: Tx, table: string, rows: readonly SealedRow<Column>[]): Promise<Texts<Column>[]> {
    const keys = await this.keys(tx, rows.flatMap(({ sealed }) => Object.values<string | null>(sealed)));
    return rows.map((row) => {
      const columns = Object.entries(row.sealed) as [Column, string | null][];
      const open = (column: Column, text: string): string | null => {
        const place = placeOf(tx, table, column, row);
        const id = dataKeyIdOf(text);
        return id === undefined ? this.cipher.decrypt(text, place) : keys.get(id)?.open(text, place) ?? null;
      };
      return Object.fromEntries(columns.map(([column, text]) => [column, text === null ? null : open(column, text)])) as Texts<Column>;
    });
  }

  /** Destroys the keys of ciphertexts, which nobody can read from then on. Runs as worker. */
  async destroy(tx: Tx, ciphertexts: readonly (string | null)[]): Promise<void> {
    this.made.delete(tx);
    await tx.query(`delete from ${tx.schema}.data_keys where id = any($1::uuid[])`, [idsOf(ciphertexts)]);
  }

  /** The data keys that ciphertexts need, by id, as far as they still exist. */
  keys(tx: Tx, ciphertexts: readonly (string | null)[]): Promise<Map<string, DataKey>> {
    return this.keysOf(tx, idsOf(ciphertexts));
  }

  /** Data keys by id, as far as they still exist. */
  async keysOf(tx: Tx, ids: readonly string[]): Promise<Map<string, DataKey>> {
    const made = this.made.get(tx);
    if (ids.every((id) => made?.has(id))) return made ?? new Map();
    const rows = await tx.query<{ id: string; wrapped: string }>(`select id, wrapped from ${tx.schema}.data_keys where id = any($1::uuid[])`, [ids]);
    return new Map(rows.map((row) => [row.id, this.cipher.unwrap(row).key]));
  }

  /** What a person's keys are found by: a keyed fingerprint of each identifier, of this service alone. */
  indexOf(tx: Tx, identifier: string): string {
    return this.cipher.blindIndex(identifier, `${tx.schema} person`, '');
  }

  /** The same under every key that is still in use. */
  indexesOf(tx: Tx, identifier: string): string[] {
    return this.cipher.blindIndexes(identifier, `${tx.schema} person`, '');
  }

  private save(tx: Tx, keys: { key: DataKey; identifiers: string[] }[]): void {
    this.made.set(tx, new Map(keys.map(({ key }) => [key.id, key])));
    const rows = keys.map(({ key, identifiers }) =>
      [key.id, this.cipher.wrap(key, identifiers).wrapped, identifiers.map((one) => this.indexOf(tx, one))]);
    tx.later(
      `insert into ${tx.schema}.data_keys (id, wrapped, people)
       select id, wrapped, array(select jsonb_array_elements_text(people)) from unnest($1::uuid[], $2::text[], $3::jsonb[]) as t (id, wrapped, people)`,
      [rows.map(([id]) => id), rows.map(([, wrapped]) => wrapped), rows.map(([, , people]) => JSON.stringify(people))]);
  }
}

const idsOf = (ciphertexts: readonly (string | null)[]): string[] =>
  [...new Set(ciphertexts.flatMap((text) => (text && dataKeyIdOf(text)) || []))];

/** Part of every ciphertext, so that it is worth nothing in another row, column or organisation. */
export const placeOf = (tx: Tx, table: string, column: string, row: PersonalRow): FieldPlace =>
  ({ column: `${tx.schema}.${table}.${column}_encrypted`, rowId: row.id, organisationId: row.organisationId });
