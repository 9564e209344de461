import { ClockKind } from '@finharbor/contracts/clocks';
import { DomainError, notFound } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { endOf } from '@finharbor/platform/clocks/clock-terms';
import { ReferenceCopies } from '@finharbor/platform/copies/reference-copies';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { Cursors } from '@finharbor/platform/http/cursors';
import { type Page, readPage } from '@finharbor/platform/http/page';
import { Contact } from '@finharbor/platform/person-records/contact';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { move } from '@finharbor/platform/workflow/workflow';
import { audit } from '@finharbor/security/audit/audit';
import { dataKeyIdOf } from '@finharbor/security/encryption/data-key';
import type { Caller } from '@finharbor/security/tokens/caller';
import { hashSecret, newSecret, secretMatches } from '@finharbor/security/tokens/secrets';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { In } from 'typeorm';
import { HarborIssuesService } from '../harbors/harbor-issues.service.js';
import { type IssueMove, issueWorkflow } from '../workflows/issue.workflow.js';
import { Issue, RegisteredIssue } from './issue.entity.js';
import type { ConfirmationInput, IssueArgs, IssueQuery, RegisterIssueInput } from './issue.inputs.js';
import { IssueStep } from './issue-step.entity.js';
import { IssueTexts } from './issue-texts.js';
import { IssueAction, IssueState } from './issue.vocabulary.js';

/** What is taken down of a change. */
interface Step { action: IssueAction; at: Date; note?: string }

/** A financing issue from registration to confirmation: two acknowledge it, the bank replies, the registrant confirms. */
@Injectable()
export class IssuesService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly publisher: Publisher,
    private readonly cursors: Cursors,
    private readonly texts: IssueTexts,
    private readonly harbors: HarborIssuesService,
    private readonly reference: ReferenceCopies,
  ) {}

  /** Registers an issue: by the business itself, or by staff of the harbor's host bank for it. */
  register(caller: Caller, input: RegisterIssueInput): Promise<RegisteredIssue> {
    const work = (tx: Tx): Promise<RegisteredIssue> => this.registerIn(tx, input);
    return caller.role === 'bank' ? this.tenancy.run(caller, work) : this.tenancy.asWorker('register an issue', caller, work);
  }

  /** A bank's own issues, of all banks for supervisors; newest first. */
  list(caller: Caller, query: IssueQuery | IssueArgs): Promise<Page<Issue>> {
    return this.tenancy.run(caller, async (tx) => {
      const issues = tx.manager.createQueryBuilder(Issue, 'issue');
      if (query.state) issues.where('issue.state = :state', { state: query.state });
      const page = await readPage(issues, query, this.cursors, { list: 'issues', organisationId: caller.organisationId, filter: query.state });
      await this.texts.openIssues(tx, page.items);
      return page;
    });
  }

  get(caller: Caller, id: string): Promise<Issue> {
    return this.reading(caller, id, (tx, issue) => this.texts.openIssue(tx, issue));
  }

  trail(caller: Caller, id: string): Promise<IssueStep[]> {
    return this.reading(caller, id, async (tx) => (await this.steps(tx, [id])).get(id) ?? []);
  }

  byIds(caller: Caller, ids: readonly string[]): Promise<Map<string, Issue>> {
    return this.tenancy.run(caller, async (tx) => {
      const issues = await tx.manager.findBy(Issue, { id: In(ids.filter((id) => isUUID(id))) });
      return new Map((await this.texts.openIssues(tx, issues)).map((issue) => [issue.id, issue]));
    });
  }

  trailsOf(caller: Caller, ids: readonly string[]): Promise<Map<string, IssueStep[]>> {
    return this.tenancy.run(caller, (tx) => this.steps(tx, ids));
  }

  /** The bank's or the branch's acknowledgement, as the caller is one or the other; each once. */
  acknowledge(caller: Caller, id: string): Promise<Issue> {
    const byBranch = caller.role === 'supervisor';
    return this.tenancy.run(caller, async (tx) => {
      const issue = await this.forChange(tx, id);
      const before = byBranch ? issue.branchAcknowledgedAt : issue.bankAcknowledgedAt;
      if (before) throw new DomainError('ILLEGAL_STATE', 'The issue was acknowledged before.');
      const at = new Date();
      if (byBranch) return this.change(tx, issue, { action: IssueAction.BRANCH_ACKNOWLEDGED, at }, { branchAcknowledgedAt: at });
      const state = next(issue, 'acknowledge', 'bank');
      return this.change(tx, issue, { action: IssueAction.BANK_ACKNOWLEDGED, at }, { bankAcknowledgedAt: at, state });
    });
  }

  /** The bank's reply, after its own acknowledgement, and again after the issue was reopened. */
  reply(caller: Caller, id: string, text: string): Promise<Issue> {
    return this.tenancy.run(caller, async (tx) => {
      const issue = await this.forChange(tx, id);
      const state = next(issue, 'reply', 'bank');
      const replyEncrypted = await this.texts.sealReply(tx, issue, text);
      const at = new Date();
      return this.change(tx, issue, { action: IssueAction.REPLIED, at, note: text }, { state, repliedAt: at, replyEncrypted });
    });
  }

  /** The registrant's word on the reply: closes the issue, or reopens it and starts the bank's clock again. */
  confirm(caller: Caller, id: string, { satisfied, comment }: ConfirmationInput): Promise<Issue> {
    return this.tenancy.asWorker('confirm an issue', caller, async (tx) => {
      const issue = await this.forChange(tx, id);
      if (!mayFollow(caller, issue)) throw notFound('issue');
      const state = next(issue, satisfied ? 'confirm' : 'reopen', 'applicant');
      const at = new Date();
      if (!satisfied) {
        const { answerBy } = await this.endsOf(tx, at);
        return this.change(tx, issue, { action: IssueAction.REOPENED, at, note: comment }, { state, answerBy });
      }
      const { bankId, harborId } = issue;
      await this.publisher.publish(tx, 'issue.closed', {
        organisationId: bankId, aggregateId: id, version: 2, payload: { issueId: id, harborId },
      });
      return this.change(tx, issue, { action: IssueAction.CLOSED, at, note: comment }, { state, closedAt: at });
    });
  }

  /** Who registered the issue, in the clear, for the bank that must answer. Who looked and why stays in the audit. */
  viewContact(caller: Caller, id: string, reason: string): Promise<Contact> {
    return this.reading(caller, id, async (tx, issue) => {
      if (issue.consentWithdrawnAt) throw new DomainError('CONSENT_WITHDRAWN');
      const contact = await this.texts.registrantOf(tx, issue);
      if (!contact) throw notFound('contact');
      tx.disclosed = dataKeyIdOf(issue.registrantPhoneEncrypted);
      await audit(tx, { action: 'issue.contact-view', resource: 'issue', resourceId: id, detail: { reason } });
      return Object.assign(new Contact(), contact);
    });
  }

  private async registerIn(tx: Tx, input: RegisterIssueInput): Promise<RegisteredIssue> {
    const bankId = await this.harbors.hostBankOf(tx, input.harborId);
    const byBank = tx.caller?.role === 'bank';
    if (!bankId || (byBank && bankId !== tx.organisationId)) throw notFound('harbor');
    const [id, accessSecret, now] = [newId(), newSecret('issue'), new Date()];
    const issue = Object.assign(new Issue(), {
      id, bankId, harborId: input.harborId, nature: input.nature, channel: input.channel, state: IssueState.REGISTERED,
      ...await this.texts.sealIssue(tx, { id, bankId }, input),
      replyEncrypted: null, accessSecretHash: hashSecret(accessSecret), consentWithdrawnAt: null,
      registeredByBank: byBank,
      registeredAt: now,
      ...await this.endsOf(tx, now),
      bankAcknowledgementOverdue: false, branchAcknowledgementOverdue: false, answerOverdue: false,
    });
    await tx.manager.insert(Issue, issue);
    await this.record(tx, issue, { action: IssueAction.REGISTERED, at: now });
    await this.publisher.publish(tx, 'issue.registered', {
      organisationId: bankId, aggregateId: id, version: 1, payload: { issueId: id, harborId: input.harborId },
    });
    return Object.assign(new RegisteredIssue(), { issue: await this.texts.openIssue(tx, issue), accessSecret });
  }

  /** A registrant reads with its secret; a wrong one is answered like an unknown id. Everybody else sees by row level security. */
  private reading<T>(caller: Caller, id: string, work: (tx: Tx, issue: Issue) => Promise<T>): Promise<T> {
    const read = async (tx: Tx): Promise<T> => {
      const issue = await tx.manager.findOneBy(Issue, { id });
      if (!issue || !mayFollow(caller, issue)) throw notFound('issue');
      return work(tx, issue);
    };
    return caller.role === 'applicant' ? this.tenancy.asWorker('read an issue', caller, read) : this.tenancy.run(caller, read);
  }

  private async steps(tx: Tx, ids: readonly string[]): Promise<Map<string, IssueStep[]>> {
    const steps = await tx.manager.find(IssueStep, { where: { issueId: In([...ids]) }, order: { id: 'ASC' } });
    const trails = new Map<string, IssueStep[]>(ids.map((id) => [id, []]));
    for (const step of await this.texts.openSteps(tx, steps)) trails.get(step.issueId)!.push(step);
    return trails;
  }

  /** What the clocks that begin now will say: they follow within a second (IssueClocks). */
  private async endsOf(tx: Tx, start: Date): Promise<Pick<Issue, 'acknowledgeBy' | 'answerBy'>> {
    const [calendar, levels] = [await this.reference.calendar(tx), await this.reference.serviceLevels(tx)];
    const of = (kind: ClockKind): Date | null => endOf(kind, start, calendar, levels);
    return { acknowledgeBy: of(ClockKind.ISSUE_ACKNOWLEDGE), answerBy: of(ClockKind.ISSUE_ANSWER) };
  }

  /** Locks the issue, so that of two changes at once one finds the other's result. */
  private async forChange(tx: Tx, id: string): Promise<Issue> {
    if (!isUUID(id)) throw notFound('issue');
    const issue = await tx.manager.findOne(Issue, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!issue) throw notFound('issue');
    return issue;
  }

  private async change(tx: Tx, issue: Issue, step: Step, change: Partial<Issue>): Promise<Issue> {
    await tx.manager.update(Issue, { id: issue.id }, change);
    await this.record(tx, issue, step);
    return this.texts.openIssue(tx, Object.assign(issue, change));
  }

  private async record(tx: Tx, issue: Issue, { action, at, note }: Step): Promise<void> {
    const { id: issueId, bankId } = issue;
    const step = { id: newId(), bankId };
    const noteEncrypted = note ? await this.texts.sealNote(tx, step.id, issue, note) : null;
    const actorId = tx.caller?.organisationId ?? null;
    await tx.manager.insert(IssueStep, { ...step, issueId, action, actorId, noteEncrypted, at });
    await audit(tx, { action: `issue.${action.toLowerCase().replaceAll('_', '-')}`, resource: 'issue', resourceId: issueId });
  }
}

/** Whether a registrant holds this issue's secret. Callers with an organisation were told apart by row level security. */
const mayFollow = (caller: Caller, issue: Issue): boolean =>
  caller.role !== 'applicant' || secretMatches(caller.accessSecret ?? '', issue.accessSecretHash);

/** The state after a move; ILLEGAL_STATE where the workflow has none. */
const next = ({ state }: Issue, action: IssueMove, by: 'bank' | 'applicant'): IssueState => IssueState[move(issueWorkflow, state, action, by)];
