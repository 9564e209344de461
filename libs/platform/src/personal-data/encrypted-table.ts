/** Columns of a table that are encrypted, each stored as `<column>_encrypted`. */
export interface EncryptedTable {
  table: string;
  columns: readonly string[];
  /** `PERSON`: personal data, each record under a data key of its own. `SECRET`: under the field keys themselves. */
  holds: 'PERSON' | 'SECRET';
  /** Of personal data: the columns with phone numbers or mail addresses, by which the person is found. */
  identifiers?: readonly string[];
  /** Of data that belong to another record of the person: a ciphertext of that record, as an SQL expression. One key serves both. */
  under?: string;
  /** The column that names the row; `id` unless told. */
  key?: string;
  /** The organisation that the ciphertext is bound to, as an SQL expression; `org_id` unless told. */
  organisation?: string;
}
