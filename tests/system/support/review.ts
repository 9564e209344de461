/**
 * Fields of a mutation with `$id` that make every row of a list recommended which is not outside the programme: the supervisor vouches for
 * all eight criteria. Goes before `approvePushList(id: $id)`.
 */
export const recommendAll = `
  assertCriteria(id: $id, assertions: [{ met: true, evidence: "走访记录与部门证明", criteria: [
    GOOD_PROSPECTS, STRONG_DEMAND, SOUND_CREDIT, LAWFUL_OPERATION, FIXED_PREMISES, REAL_DEMAND, GOOD_CREDIT_STANDING, LAWFUL_PURPOSE] }]) { entryCount }
  recommendListEntries(id: $id) { recommendedCount }`;
