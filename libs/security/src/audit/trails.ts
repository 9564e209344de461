/** A trail whose steps are sealed: of each the audit trail has a row `trail.step` with its digest, which the table's trigger writes. */
export interface SealedTrail {
  table: string;
  /** Reckons the digest of a step t, whatever the session's settings; as the trigger does, which whoever rules the database can change. */
  digest: string;
}

const digestOf = (...columns: string[]): string => `encode(sha256(convert_to(row(${columns.join(', ')})::text, 'UTF8')), 'hex')`;

/** By schema. What is encrypted anew with every change of keys is not part of the digest. */
export const sealedTrails: Readonly<Record<string, SealedTrail>> = {
  loan_matching: {
    table: 'loan_matching.trail_steps',
    digest: digestOf('t.id', 't.org_id', 't.demand_id', 't.step', 't.by', 'extract(epoch from t.at)', 't.product_id', 't.consent_id', 't.reason_code',
      'extract(epoch from t.due_at)'),
  },
  feedback: {
    table: 'feedback.issue_trail',
    digest: digestOf('t.id', 't.org_id', 't.issue_id', 't.action', 't.actor_id', 'extract(epoch from t.at)'),
  },
};
