import { DomainError, type FieldError, notFound } from '@finharbor/contracts/errors';
import { InputPipe } from '@finharbor/platform/http/validation';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { findHarbor } from '../copies/copies.js';
import { SubmissionsService } from '../demands/submissions.service.js';
import type { SubmittedDemand } from '../demands/submitted-demand.js';
import { BatchItemInput, type TakeApplicationInput } from './application.inputs.js';
import { ApplicationSource } from './application-states.js';
import { ApplicationView } from './application-view.js';
import { type BatchItemResult, BatchOutcome, BatchReport } from './batch-result.js';
import { type Coming, Intake } from './intake.js';

const inputs = new InputPipe();

/**
 * Applications that somebody takes down for an applicant: the staff of a harbor, a grid officer on a visit. Whoever signed in is the
 * first responder (首问负责人, H-100), for ever: no input names another, and no role of the database may change it.
 */
@Injectable()
export class TakingService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly intake: Intake,
    private readonly submissions: SubmissionsService,
    private readonly view: ApplicationView,
  ) {}

  /** Answers as a submission does: the secret is the applicant's, to be handed over. */
  take(caller: Caller, { harborId, gridPlace, ...input }: TakeApplicationInput): Promise<SubmittedDemand> {
    return this.tenancy.asWorker('staff', caller, async (tx) => {
      await mustServe(tx, caller, harborId);
      const source = gridPlace ? ApplicationSource.GRID : ApplicationSource.STAFF;
      return this.submissions.answer(tx, await this.intake.take(tx, input, { ...comingBy(caller), source, harborId, gridPlace }));
    });
  }

  /** What was taken down while nothing could be sent. One item at a time, each for itself; what came in before is KNOWN. */
  async sendBatch(caller: Caller, items: readonly object[]): Promise<BatchReport> {
    const read = await Promise.all(items.map((item) => readItem(item)));
    return this.tenancy.asWorker('staff', caller, async (tx) => {
      // Two batches of one organisation that hold the same item: the later one waits, and knows it.
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`batch ${caller.organisationId}`]);
      const results: BatchItemResult[] = [];
      for (const [index, { item, clientRef, problems }] of read.entries()) {
        const nothing = {
          index, clientRef, outcome: BatchOutcome.REJECTED, applicationId: null, accessSecret: null, missing: [], errors: problems,
        };
        results.push(item ? { ...nothing, ...await this.takeItem(tx, caller, item) } : nothing);
      }
      return Object.assign(new BatchReport(), { items: results });
    });
  }

  private async takeItem(tx: Tx, caller: Caller, item: BatchItemInput): Promise<Partial<BatchItemResult>> {
    const { harborId, gridPlace, clientRef, takenAt, ...input } = item;
    const [known] = await tx.query<{ id: string }>(
      'select id from loan_matching.applications where responder_org_id = $1 and client_ref = $2', [caller.organisationId, clientRef]);
    if (known) return { outcome: BatchOutcome.KNOWN, applicationId: known.id };
    if (!await serves(tx, caller, harborId)) return { errors: [{ field: 'harborId', rule: 'harbor', message: 'harborId is no harbor that you may take applications down for' }] };
    const coming = {
      ...comingBy(caller), source: ApplicationSource.BATCH, harborId, gridPlace, clientRef,
      takenAt: takenAt ? new Date(takenAt) : undefined,
    };
    const taken = await this.intake.tryTake(tx, input, coming);
    if (Array.isArray(taken)) return { errors: taken };
    const { application, demand, accessSecret } = taken;
    const { missing } = await this.view.showOne(tx, application, [demand]);
    return { outcome: BatchOutcome.TAKEN, applicationId: application.id, accessSecret, missing: missing.map((one) => one.item) };
  }
}

const comingBy = ({ clientId, organisationId }: Caller): Pick<Coming, 'firstResponder' | 'responderOrgId'> =>
  ({ firstResponder: clientId!, responderOrgId: organisationId! });

/** The staff of a harbor serves those that its bank hosts; to it the others are not there. Who answers for an area may go to any. */
async function serves(tx: Tx, { role, organisationId }: Caller, harborId: string): Promise<boolean> {
  const harbor = await findHarbor(tx, harborId);
  return harbor !== undefined && (role !== 'harbor-staff' || harbor.hostBankId === organisationId);
}

async function mustServe(tx: Tx, caller: Caller, harborId: string): Promise<void> {
  if (!await serves(tx, caller, harborId)) throw notFound('harbor');
}

/** An item as it is good, or what is wrong with its form. */
async function readItem(value: object): Promise<{ clientRef: string | null; item?: BatchItemInput; problems: FieldError[] }> {
  const { clientRef } = value as { clientRef?: unknown };
  const named = { clientRef: typeof clientRef === 'string' ? clientRef.slice(0, 64) : null };
  try {
    return { ...named, item: await inputs.transform(value, { type: 'body', metatype: BatchItemInput }) as BatchItemInput, problems: [] };
  } catch (error) {
    if (!(error instanceof DomainError) || !error.errors) throw error;
    return { ...named, problems: error.errors };
  }
}
