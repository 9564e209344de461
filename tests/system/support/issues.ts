import type { Holding } from './holding.js';
import type { Mine } from './mine.js';
import { done } from './party.js';

/** An issue of the side's business in every state. */
export const makeIssues = async (of: Holding): Promise<Holding['issues']> =>
  ({ registered: await registered(of), handled: await handled(of), replied: await replied(of), closed: await closed(of) });

async function registered(of: Holding): Promise<Mine> {
  const { issue, accessSecret } = done(await of.business.post('/v1/issues', { harborId: of.harbor.id, ...of.complaint() }));
  return { id: issue.id, secret: accessSecret };
}

async function handled(of: Holding): Promise<Mine> {
  const issue = await registered(of);
  done(await of.bank.graph('mutation ($id: ID!) { acknowledgeIssue(id: $id) { state } }', { id: issue.id }));
  return issue;
}

/** One that its bank replied to. */
export async function replied(of: Holding): Promise<Mine> {
  const issue = await handled(of);
  done(await of.bank.post(`/v1/issues/${issue.id}/reply`, { text: of.tags.bank }));
  return issue;
}

async function closed(of: Holding): Promise<Mine> {
  const issue = await replied(of);
  done(await of.business.post(`/v1/issues/${issue.id}/confirmation`, { satisfied: true, comment: of.tags.bank }, { secret: issue.secret }));
  return issue;
}
