import { creditCodeCheckCharacter, organisationCodeCheckCharacter } from '@finharbor/standards/credit-code';
import { mayGive } from './reasons.js';
import { ReasonCode } from './vocabulary.js';

/** What a sandbox does with an enterprise of a certain credit code, so that partners can try what seldom happens. */
export interface SandboxOutcome {
  creditCode: string;
  outcome: 'APPROVED' | 'REJECTED' | 'TIME_OUT' | 'DUPLICATE' | 'SLOW';
  /** With APPROVED and REJECTED. */
  reasonCode: ReasonCode | null;
  /** What happens, in words. */
  description: string;
}

/** A valid credit code that no enterprise has. */
function sandboxCode(number: number): string {
  const organisation = `MA5T${String(number).padStart(4, '0')}`;
  const first17 = `91500101${organisation}${organisationCodeCheckCharacter(organisation)}`;
  return first17 + creditCodeCheckCharacter(first17);
}

const outcome = (number: number, kind: SandboxOutcome['outcome'], description: string, reasonCode: ReasonCode | null = null): SandboxOutcome =>
  ({ creditCode: sandboxCode(number), outcome: kind, reasonCode, description });

const declines = Object.values(ReasonCode).filter((reason) => reason !== ReasonCode.MEETS_CRITERIA && mayGive('bank', reason));

/** All of them. A number once given keeps its meaning: partners have the codes in their tests. */
export const sandboxOutcomes: readonly SandboxOutcome[] = [
  outcome(1, 'APPROVED', 'The demand is accepted and approved, the referral claimed, in the bank’s place.', ReasonCode.MEETS_CRITERIA),
  outcome(2, 'TIME_OUT', 'The time to accept the demand runs out at once: the bank has it no more.'),
  outcome(3, 'DUPLICATE', 'The enterprise comes twice: a second demand, the same but for its ids.'),
  outcome(4, 'SLOW', 'The answers to acceptance and decision come seconds late, after what they tell was done.'),
  ...declines.map((reason, index) =>
    outcome(11 + index, 'REJECTED', `The demand is accepted and rejected, the referral refused, in the bank’s place: ${reason}.`, reason)),
];

const byCode = new Map(sandboxOutcomes.map((one) => [one.creditCode, one]));

/** What a sandbox does with the enterprise; undefined for what it leaves alone. */
export const sandboxOutcomeOf = (creditCode: string | null): SandboxOutcome | undefined => byCode.get(creditCode ?? '');
