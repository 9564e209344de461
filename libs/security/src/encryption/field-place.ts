/** Where a ciphertext lives. It is authenticated with the text, so that a ciphertext cannot be moved to another row. */
export interface FieldPlace {
  /** `schema.table.column` */
  column: string;
  rowId: string;
  organisationId: string;
}

export const aad = (place: FieldPlace): Buffer => Buffer.from(`${place.column}|${place.rowId}|${place.organisationId}`);
