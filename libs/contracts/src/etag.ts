import { DomainError } from './errors.js';

/** The ETag of a record by its version. */
export const etagOf = (record: { version: number }): string => `"${record.version}"`;

/** The version that an If-Match names. PRECONDITION_REQUIRED where there is none; what is no version of ours matches nothing. */
export function versionOf(ifMatch: string | undefined): number {
  if (!ifMatch) throw new DomainError('PRECONDITION_REQUIRED', 'Send the ETag of the record as you read it in If-Match.');
  const version = Number(/^"(\d{1,9})"$/.exec(ifMatch)?.[1] ?? NaN);
  if (Number.isNaN(version)) throw new DomainError('PRECONDITION_FAILED');
  return version;
}
