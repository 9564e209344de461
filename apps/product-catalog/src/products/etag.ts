import { DomainError } from '@finharbor/contracts/errors';

/** The ETag of a product by its revision. */
export const etagOf = ({ revision }: { revision: number }): string => `"${revision}"`;

/** The revision that an If-Match names. PRECONDITION_REQUIRED where there is none; what is no revision of ours matches nothing. */
export function revisionOf(ifMatch: string | undefined): number {
  if (!ifMatch) throw new DomainError('PRECONDITION_REQUIRED', 'Send the ETag of the product as you read it in If-Match.');
  return Number(/^"(\d{1,9})"$/.exec(ifMatch)?.[1] ?? -1);
}
