// @ts-check
/** What is required of a partner, in the words of docs/client.md: the receiver of webhooks (R) and the calls (C). */
export const requirements = Object.freeze({
  R1: 'A webhook that is signed with a key of the endpoint is answered with 2xx.',
  R2: 'The challenge is answered with 2xx and exactly the text of `data.challenge`.',
  R3: 'A signature that is not by a key of the endpoint is refused with 4xx, other than 410.',
  R4: 'A webhook without a signature is refused with 4xx, other than 410.',
  R5: 'A body that differs by one byte from what was signed is refused with 4xx, other than 410.',
  R6: 'A `webhook-timestamp` more than 300 seconds old or ahead is refused with 4xx, other than 410, however well it is signed.',
  R7: 'A `webhook-id` that came before is answered with 2xx again, and its work is not done again.',
  R8: 'The answer comes within 15 seconds.',
  R9: 'A type that is not known is answered with 2xx and passed over.',
  R10: 'Members that are not known, in the event or in its data, are passed over.',
  R11: 'Of several signatures one that holds is enough, wherever it stands.',
  R12: 'The bytes of the body are verified as they came, before they are parsed.',
  C1: 'The token is got with a private key (`private_key_jwt`), lives 300 seconds at most and is bound to a key (DPoP).',
  C2: 'An assertion is good once.',
  C3: 'A bound token is good for nothing without its proof.',
  C4: 'A proof is good once.',
  C5: 'A POST that is repeated with its `Idempotency-Key` gets the first answer again, and nothing happens twice.',
  C6: 'An `Idempotency-Key` with another request is refused with 422 `IDEMPOTENCY_KEY_REUSED`.',
  C7: 'A POST without an `Idempotency-Key` is refused with 400 `IDEMPOTENCY_KEY_MISSING`.',
  C8: 'A list read page by page by `nextCursor` has each record once.',
  C9: 'A cursor that was changed is refused with 400 `CURSOR_INVALID`.',
  C10: 'A refusal is a problem document (RFC 9457) with a `code`, and has a `request-id`.',
  C11: 'The change feed read again from the same cursor gives the same events.',
});

/** @typedef {keyof typeof requirements} RequirementId */
/** Says what was seen; throws what was not as it should be. @typedef {() => Promise<string>} Check */
/** @typedef {Partial<Record<RequirementId, Check>>} Checks */
/** @typedef {{ id: RequirementId, sentence: string, outcome: 'PASS' | 'FAIL' | 'SKIPPED', seen: string }} Result */

/** There is nothing here that could be tested. */
export class Skipped extends Error {}

/** @param {boolean} holds @param {string} seen what was seen instead */
export function expect(holds, seen) {
  if (!holds) throw new Error(seen);
}

/** @param {Checks} checks @param {(result: Result) => void} tell @returns {Promise<Result[]>} */
export async function runChecks(checks, tell) {
  /** @type {Result[]} */
  const results = [];
  for (const [id, check] of /** @type {[RequirementId, Check][]} */ (Object.entries(checks))) {
    const [outcome, seen] = await check().then(
      (text) => /** @type {const} */ (['PASS', text]),
      (/** @type {Error} */ error) => /** @type {const} */ ([error instanceof Skipped ? 'SKIPPED' : 'FAIL', reasonOf(error)]),
    );
    results.push({ id, sentence: requirements[id], outcome, seen });
    tell(results[results.length - 1]);
  }
  return results;
}

/** @param {Error} error */
function reasonOf({ message, cause }) {
  const { code } = /** @type {{ code?: string }} */ (cause ?? {});
  return code ? `${message} (${code})` : message;
}
