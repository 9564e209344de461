import { sandboxOutcomeOf } from '@finharbor/contracts/sandbox';
import { removeBlanks, toHalfWidth } from '@finharbor/standards/text';
import type { NamedCopy } from '../copies/copies.js';
import { Verification } from './application-states.js';

/** What the programme is not for (H-003), whatever its size. The size is for products to ask about. */
const outsiders: readonly string[] = ['BANK_BRANCH', 'FINANCIAL_INSTITUTION', 'PUBLIC_BODY', 'SOCIAL_ORGANISATION'];

/** The same name however it was typed: width, blanks and case tell nothing. */
const plain = (name: string): string => removeBlanks(toHalfWidth(name.normalize('NFKC'))).toLowerCase();

/**
 * Compares name and status with what the enterprise master holds under the credit code; where no list states a status it counts as
 * active. Whatever does not agree is treated as if nothing were known: nobody learns by an application that a code is in the master,
 * unless it names the enterprise as the master does.
 */
export function verificationOf(name: string, known: NamedCopy | undefined): Verification {
  if (!known?.name) return Verification.ABSENT;
  if (plain(known.name) !== plain(name)) return Verification.NAME_MISMATCH;
  if (outsiders.includes(known.outsideReason ?? '')) return Verification.OUTSIDE;
  // What a replica of the version before took of an event, which knew no status, but the reason.
  if (known.outsideReason === 'NOT_ACTIVE') return Verification.NOT_ACTIVE;
  return (known.registrationStatus ?? 'ACTIVE') === 'ACTIVE' ? Verification.VERIFIED : Verification.NOT_ACTIVE;
}

/** The code of the examples in the documentation. */
const exampleCode = '91500101MA5U00011L';

/** What anybody may try in a sandbox, under any name: codes that force something, and the one of the examples. */
export const isForTrying = (creditCode: string): boolean => creditCode === exampleCode || sandboxOutcomeOf(creditCode) !== undefined;

/** Whether banks may see what was compared so. */
export const isVerified = (verification: Verification): boolean =>
  [Verification.VERIFIED, Verification.PERSON, Verification.BY_SUPERVISOR].includes(verification);
