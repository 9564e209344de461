import { randomInt } from 'node:crypto';
import { DomainError } from '@finharbor/contracts/errors';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { hashSecret, newSecret } from '@finharbor/security/tokens/secrets';
import { localDate } from '@finharbor/standards/working-days';
import type { DemandKind } from '../demands/demand-states.js';
import { findOpenCode, type OpenCode } from './open-code.js';

/** How often one session is good, and for how long: enough to correct oneself, too little to be passed around. */
export const sessionUses = 3;
const sessionMinutes = 120;
const slots = 16;

/**
 * The code that a demand comes in through: open, for demands of this kind, and with the session that it was scanned in. Without one the
 * code takes so many on a day, and of those that come at the very same moment all: they do not wait for each other. The demand is counted
 * on the day of the code. For the worker.
 */
export async function throughCode(
  tx: Tx, text: string, { demandKind, session, sessionless }: { demandKind: DemandKind; session?: string; sessionless: number },
): Promise<OpenCode> {
  const code = await findOpenCode(tx, text);
  if (code.demandKinds.length > 0 && !code.demandKinds.includes(demandKind)) throw new DomainError('LOAN_CODE_OUT_OF_SCOPE');
  if (session !== undefined) {
    const used = await tx.query(
      `update loan_matching.scan_sessions set uses = uses + 1
       where secret_hash = $1 and loan_code_id = $2 and uses < $3 and expires_at > now() returning 1`, [hashSecret(session), code.id, sessionUses],
    );
    if (used.length === 0) throw new DomainError('SCAN_SESSION_OVER');
  } else if (code.sessionlessToday >= sessionless) {
    throw new DomainError('SCAN_SESSION_OVER', `Without a scan session the loan code takes ${sessionless} demands a day.`);
  }
  count(tx, code, 'demands', ...session === undefined ? ['sessionless' as const] : []);
  return code;
}

/** Opens a session of whoever scans. Sessions that are over go with it, so that none lies about. For the worker. */
export async function openSession(tx: Tx, text: string): Promise<{ session: string; expiresAt: Date }> {
  const code = await findOpenCode(tx, text);
  const session = newSecret('scan');
  await tx.query(
    `delete from loan_matching.scan_sessions where secret_hash in
       (select secret_hash from loan_matching.scan_sessions where expires_at < now() order by expires_at limit 100 for update skip locked)`,
  );
  const [{ expiresAt }] = await tx.query<{ expiresAt: Date }>(
    `insert into loan_matching.scan_sessions (secret_hash, loan_code_id, expires_at) values ($1, $2, now() + make_interval(mins => $3))
     returning expires_at as "expiresAt"`, [hashSecret(session), code.id, sessionMinutes],
  );
  count(tx, code, 'sessions');
  return { session, expiresAt };
}

/** Counts a use of the code on its day, and nothing of whoever used it. Last of all: many wait for these rows. */
export function count(tx: Tx, { id, bankId }: OpenCode, ...what: readonly ('scans' | 'sessions' | 'demands' | 'sessionless')[]): void {
  tx.atEnd(async () => {
    tx.later(
      `insert into loan_matching.loan_code_days as d (org_id, loan_code_id, day, slot, ${what.join(', ')})
       values ($1, $2, $3, $4, ${what.map(() => 1).join(', ')})
       on conflict (org_id, loan_code_id, day, slot) do update set ${what.map((one) => `${one} = d.${one} + 1`).join(', ')}`, [bankId, id, localDate(new Date()), randomInt(slots)],
    );
  });
}
