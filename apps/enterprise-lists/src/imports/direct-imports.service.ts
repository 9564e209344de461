import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { newId } from '@finharbor/contracts/ids';
import { type StoredFile, StoredFiles } from '@finharbor/platform/files/stored-files';
import { currentContext } from '@finharbor/platform/logs/context';
import { Receipts } from '@finharbor/platform/receipts/receipts';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { localDate } from '@finharbor/standards/working-days';
import { Injectable } from '@nestjs/common';
import { Staging } from '../enterprises/staging.js';
import type { SubmitPushListQuery } from '../lists/list.inputs.js';
import type { PushList } from '../lists/push-list.entity.js';
import { codeExceptions, copyChunk, forget } from './import-checks.js';
import { ImportAtomicity, ImportMode, ImportState } from './import-kinds.js';
import { Import } from './import.entity.js';
import { ListMaking } from './list-making.js';
import { Turns } from './turns.js';
import { bytesOf, csvBytes, discardRest } from './upload-stream.js';
import type { ValidationState } from './validation.js';
import { validateInThread } from './validation-thread.js';

/** Why an import runs as worker: enterprises belong to no organisation. The department is the caller's, never the file's. */
export const importReason = 'import a push list';

/** The largest list that one request takes: about half a million rows. Larger ones are imported with /v1/imports. */
export const maxUploadBytes = 200_000_000;
const maxRows = 500_000;
/** Whoever waited longer for its turn is told to come back: the gateway will not wait for its import to end. */
const patienceMs = 30_000;

async function* none(): AsyncGenerator<never> {}

/** A list pushed, checked and applied by one request, by the engine of imports. Nothing of it is left when it is refused. */
@Injectable()
export class DirectImportsService {
  /** One thread at a time, whatever comes at once. */
  private readonly checking = new Turns();

  constructor(
    private readonly tenancy: Tenancy, private readonly files: StoredFiles, private readonly staging: Staging,
    private readonly making: ListMaking, private readonly turns: Turns, private readonly receipts: Receipts,
  ) {}

  /** The file is received and checked whole before anything of it is applied, and all that is applied is one transaction. */
  async submit(caller: Caller, { title, period }: SubmitPushListQuery, body: Readable): Promise<PushList> {
    const uploadedAt = new Date();
    const file = await this.receive(body);
    const imported = this.begin(caller, { title, period, uploadedAt, bytes: file.bytes, fileSha256: file.sha256 });
    try {
      const idempotency = currentContext()?.idempotency;
      if (idempotency) idempotency.fingerprint = createHash('sha256').update(JSON.stringify([title, period, file.sha256])).digest('base64url');
      await this.tenancy.worker((tx) => tx.manager.insert(Import, imported), { awaited: true });
      const state = await this.checking.take(() => this.check(imported, file), patienceMs);
      return await this.turns.take(() => this.tenancy.asWorker(importReason, caller, (tx) => this.apply(tx, imported, state)), patienceMs);
    } catch (error) {
      await this.tenancy.worker(async (tx) => {
        await forget(tx, this.staging, imported.id);
        await tx.manager.delete(Import, { id: imported.id, state: ImportState.VALIDATING });
      });
      throw error;
    } finally {
      await this.files.delete([file.id]);
    }
  }

  /** VALIDATING, and nobody's to go on with: what is left of it when this process dies is forgotten an hour later. */
  private begin(caller: Caller, facts: Pick<Import, 'title' | 'period' | 'uploadedAt' | 'bytes' | 'fileSha256'>): Import {
    return Object.assign(new Import(), facts, {
      id: newId(), departmentId: caller.organisationId!, mode: ImportMode.UPSERT, atomicity: ImportAtomicity.VALID_ROWS, dryRun: false,
      applyAsked: true, state: ImportState.VALIDATING, wanted: null, mapping: {}, fileDeletedAt: facts.uploadedAt,
    });
  }

  private async receive(body: Readable): Promise<StoredFile> {
    try {
      return await this.files.write(csvBytes(bytesOf(body)), maxUploadBytes);
    } catch (error) {
      discardRest(body);
      throw error;
    }
  }

  private async check({ id: importId, uploadedAt }: Import, file: StoredFile): Promise<ValidationState> {
    const exceptions = await this.tenancy.worker(codeExceptions, { awaited: true });
    const order = { importId, sheet: null, delimiter: ',', mapping: {}, today: localDate(uploadedAt!), exceptions, maxRows, known: null, from: null };
    let last: ValidationState;
    for await (const chunk of validateInThread({ folder: this.files.folder, file, order }, none())) {
      if ('same' in chunk) continue; // nothing is known that it could be
      await this.tenancy.worker((tx) => copyChunk(tx, this.staging, importId, chunk), { awaited: true, repeatable: true });
      last = chunk.state;
    }
    return last!;
  }

  private async apply(tx: Tx, imported: Import, state: ValidationState): Promise<PushList> {
    const { accepted, rejected, warned, causes, warnings, format, encoding } = state;
    const checked = { rowCount: accepted + rejected, acceptedCount: accepted, rejectedCount: rejected };
    const told = warnings.filter(({ rule }) => rule !== 'sizeUnknown'); // which lists have never been told
    const facts = { ...checked, encoding: encoding!, fileSha256: imported.fileSha256!, warnings: told };
    const { list, counts } = await this.making.make(tx, { ...imported, ...facts });
    const { added: addedCount, changed: changedCount, unchanged: unchangedCount, skipped: skippedCount } = counts;
    const now = new Date();
    await tx.manager.update(Import, { id: imported.id }, {
      ...checked, warnedCount: warned, causes, warnings, format, encoding, readBytes: imported.bytes!,
      addedCount, changedCount, unchangedCount, skippedCount,
      state: ImportState.APPLIED, pushListId: list.id, validatedAt: now, endedAt: now, version: 2,
    } as never);
    await this.receipts.issue(tx, 'push-list', list.id, imported.fileSha256!);
    return list;
  }
}
