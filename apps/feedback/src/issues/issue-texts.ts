import { FieldCipher, type FieldPlace } from '@finharbor/security/encryption/field-cipher';
import { maskName, maskPhone } from '@finharbor/standards/masking';
import { Injectable } from '@nestjs/common';
import type { Issue } from './issue.entity.js';
import type { IssueStep } from './issue-step.entity.js';

/** A row whose texts are encrypted for the bank that it belongs to. */
type Row = Pick<Issue, 'id' | 'bankId'>;

/** The encrypted columns of an issue, each `<name>_encrypted`. */
export type IssueText = 'title' | 'text' | 'reply' | 'registrant_name' | 'registrant_phone';

/** What people wrote may name people: encrypted in the tables, opened for the answer, names and numbers masked (rule 11). */
@Injectable()
export class IssueTexts {
  constructor(private readonly cipher: FieldCipher) {}

  sealIssue(row: Row, column: IssueText, text: string): string {
    return this.cipher.encrypt(text, placeOf('issues', column, row));
  }

  sealNote(step: Row, note: string): string {
    return this.cipher.encrypt(note, placeOf('issue_trail', 'note', step));
  }

  /** Fills in what may be shown of the encrypted columns. */
  openIssue(issue: Issue): Issue {
    const open = (column: IssueText, sealed: string): string => this.cipher.decrypt(sealed, placeOf('issues', column, issue));
    issue.title = open('title', issue.titleEncrypted);
    issue.text = open('text', issue.textEncrypted);
    issue.reply = issue.replyEncrypted && open('reply', issue.replyEncrypted);
    issue.registrantName = issue.consentWithdrawnAt ? null : maskName(open('registrant_name', issue.registrantNameEncrypted));
    issue.registrantPhone = issue.consentWithdrawnAt ? null : maskPhone(open('registrant_phone', issue.registrantPhoneEncrypted));
    return issue;
  }

  openStep(step: IssueStep): IssueStep {
    step.note = step.noteEncrypted && this.cipher.decrypt(step.noteEncrypted, placeOf('issue_trail', 'note', step));
    return step;
  }
}

const placeOf = (table: string, column: string, row: Row): FieldPlace =>
  ({ column: `feedback.${table}.${column}_encrypted`, rowId: row.id, organisationId: row.bankId });
