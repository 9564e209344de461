import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { DomainError } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { Publisher } from '@finharbor/platform/delivery/publisher';
import { currentContext } from '@finharbor/platform/logs/context';
import { Receipts } from '@finharbor/platform/receipts/receipts';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import type { SubmitPushListQuery } from '../lists/list.inputs.js';
import { PushList } from '../lists/push-list.entity.js';
import { PushListState } from '../vocabulary.js';
import { ListCheck } from './list-check.js';
import { ListWriter } from './list-writer.js';
import { Upload } from './upload.js';

/** Why the import runs as worker: enterprises belong to no organisation. The department is the caller's, never the file's. */
export const importReason = 'import a push list';

/** Whoever waited longer for its turn is told to come back: the gateway will not wait for its import to end. */
const patienceMs = 30_000;

@Injectable()
export class ImportsService {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly tenancy: Tenancy,
    private readonly publisher: Publisher,
    private readonly writer: ListWriter,
    private readonly receipts: Receipts,
  ) {}

  /**
   * Takes in a list. The file is received and checked whole before the first row is written, and everything is written in
   * one transaction. It is read twice, so that its size is never held in memory.
   */
  async submit(caller: Caller, { title, period }: SubmitPushListQuery, body: Readable): Promise<PushList> {
    const upload = await Upload.receive(body);
    try {
      const idempotency = currentContext()?.idempotency;
      if (idempotency) idempotency.fingerprint = createHash('sha256').update(JSON.stringify([title, period, upload.sha256])).digest('base64url');
      const today = localDate(new Date());
      const check = new ListCheck(today);
      for await (const _ of check.rows(upload.text()));
      return await this.inTurn(() => this.tenancy.asWorker(importReason, caller, async (tx) => {
        const list = tx.manager.create(PushList, {
          id: newId(), departmentId: tx.organisationId, title, period, state: PushListState.UNDER_REVIEW,
          encoding: upload.encoding, fileSha256: upload.sha256, warnings: check.warnings,
          rowCount: check.rowCount, acceptedCount: check.acceptedCount, rejectedCount: check.rejectedCount,
          bankCount: 0, returnReason: null, submittedAt: new Date(), reviewedAt: null, version: 1,
        });
        await tx.manager.insert(PushList, list);
        await this.writer.write(tx, list, new ListCheck(today).rows(upload.text()), today);
        const { rowCount, acceptedCount, rejectedCount } = list;
        const { id: pushListId, departmentId, version } = list;
        await this.publisher.publish(tx, 'push-list.submitted', {
          organisationId: departmentId, aggregateId: pushListId, version,
          payload: { pushListId, departmentId, acceptedCount, rejectedCount },
        });
        await audit(tx, { action: 'push-list.submit', resource: 'push-list', resourceId: list.id, detail: { rowCount, acceptedCount, rejectedCount } });
        await this.receipts.issue(tx, 'push-list', list.id, upload.sha256);
        return list;
      }));
    } finally {
      await upload.discard();
    }
  }

  /** Imports exclude each other in the database; what waits for another there would hold a connection that everybody needs. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const since = performance.now();
    const mine = this.last.then(() => {
      if (performance.now() - since > patienceMs) throw new DomainError('SERVICE_UNAVAILABLE', 'Other lists are being imported.');
      return work();
    });
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
