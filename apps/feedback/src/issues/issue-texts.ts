import { PersonalData } from '@finharbor/platform/personal-data/personal-data';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { dataKeyIdOf } from '@finharbor/security/encryption/data-key';
import { maskName, maskPhone } from '@finharbor/standards/masking';
import { Injectable } from '@nestjs/common';
import type { RegisterIssueInput } from './issue.inputs.js';
import type { Issue } from './issue.entity.js';
import type { IssueStep } from './issue-step.entity.js';

/** Instead of what was erased at the registrant's wish. */
const erased = '（已应当事人要求删除）';

export type SealedIssue = Pick<Issue, 'titleEncrypted' | 'textEncrypted' | 'registrantNameEncrypted' | 'registrantPhoneEncrypted'>;

/**
 * What people wrote may name people: encrypted in the tables, all of one issue under one key, opened for the answer, names and numbers
 * masked (rule 11).
 */
@Injectable()
export class IssueTexts {
  constructor(private readonly personalData: PersonalData) {}

  async sealIssue(tx: Tx, { id, bankId }: Pick<Issue, 'id' | 'bankId'>, input: RegisterIssueInput): Promise<SealedIssue> {
    const [sealed] = await this.personalData.seal(tx, 'issues', [{
      id, organisationId: bankId, identifiers: [input.registrantPhone],
      texts: { title: input.title, text: input.text, registrant_name: input.registrantName, registrant_phone: input.registrantPhone },
    }]);
    return {
      titleEncrypted: sealed.title!, textEncrypted: sealed.text!,
      registrantNameEncrypted: sealed.registrant_name!, registrantPhoneEncrypted: sealed.registrant_phone!,
    };
  }

  async sealReply(tx: Tx, { id, bankId, textEncrypted }: Issue, reply: string): Promise<string> {
    const [sealed] = await this.personalData.seal(tx, 'issues', [{ id, organisationId: bankId, texts: { reply }, under: textEncrypted }]);
    return sealed.reply!;
  }

  async sealNote(tx: Tx, stepId: string, { bankId, textEncrypted }: Issue, note: string): Promise<string> {
    const [sealed] = await this.personalData.seal(tx, 'issue_trail', [{ id: stepId, organisationId: bankId, texts: { note }, under: textEncrypted }]);
    return sealed.note!;
  }

  /** Fills in what may be shown of the encrypted columns. */
  async openIssues<Issues extends readonly Issue[]>(tx: Tx, issues: Issues): Promise<Issues> {
    const opened = await this.open(tx, issues);
    issues.forEach((issue, index) => {
      const { title, text, reply, registrant_name: name, registrant_phone: phone } = opened[index];
      const isNamed = !issue.consentWithdrawnAt;
      Object.assign(issue, {
        title: title ?? erased, text: text ?? erased, reply: issue.replyEncrypted && (reply ?? erased),
        registrantName: isNamed && name !== null ? maskName(name) : null,
        registrantPhone: isNamed && phone !== null ? maskPhone(phone) : null,
      });
    });
    return issues;
  }

  /** The same for the answer about one issue, which is stored under the issue's own key where it may be asked for again. */
  async openIssue(tx: Tx, issue: Issue): Promise<Issue> {
    tx.disclosed = dataKeyIdOf(issue.textEncrypted);
    return (await this.openIssues(tx, [issue]))[0];
  }

  /** Who registered the issue, in the clear; undefined when that was erased. */
  async registrantOf(tx: Tx, issue: Issue): Promise<{ name: string; phone: string } | undefined> {
    const [{ registrant_name: name, registrant_phone: phone }] = await this.open(tx, [issue]);
    return name === null || phone === null ? undefined : { name, phone };
  }

  async openSteps<Steps extends readonly IssueStep[]>(tx: Tx, steps: Steps): Promise<Steps> {
    const opened = await this.personalData.open(tx, 'issue_trail', steps.map(({ id, bankId, noteEncrypted }) =>
      ({ id, organisationId: bankId, sealed: { note: noteEncrypted } })));
    steps.forEach((step, index) => { step.note = step.noteEncrypted && (opened[index].note ?? erased); });
    return steps;
  }

  private open(tx: Tx, issues: readonly Issue[]): Promise<Record<'title' | 'text' | 'reply' | 'registrant_name' | 'registrant_phone', string | null>[]> {
    return this.personalData.open(tx, 'issues', issues.map((issue) => ({
      id: issue.id, organisationId: issue.bankId,
      sealed: {
        title: issue.titleEncrypted, text: issue.textEncrypted, reply: issue.replyEncrypted,
        registrant_name: issue.registrantNameEncrypted, registrant_phone: issue.registrantPhoneEncrypted,
      },
    })));
  }
}
