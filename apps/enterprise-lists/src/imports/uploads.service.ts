import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { DomainError } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { type StoredFile, StoredFiles } from '@finharbor/platform/files/stored-files';
import { currentContext } from '@finharbor/platform/logs/context';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { filePlace } from './import-checks.js';
import { ImportState } from './import-kinds.js';
import { ImportLeases } from './import-leases.js';
import { ImportPart } from './import-report.js';
import { ImportWork } from './import-work.js';
import { Import } from './import.entity.js';
import { type CompleteImportInput, type CreateImportInput, maxFileBytes, maxPartBytes, maxParts } from './import.inputs.js';
import { illegal, ImportsService, lockImport } from './imports.service.js';
import { repeatedFile } from './repeats.js';
import { bytesOf, discardRest } from './upload-stream.js';

interface PartRow {
  id: string;
  departmentId: string;
  number: number;
  fileId: string;
  fileKeyEncrypted: string;
}

/** Takes in the files of imports: whole or in parts. What was answered is on the disk. */
@Injectable()
export class UploadsService {
  constructor(
    private readonly tenancy: Tenancy, private readonly imports: ImportsService, private readonly files: StoredFiles,
    private readonly cipher: FieldCipher, private readonly leases: ImportLeases, private readonly work: ImportWork,
  ) {}

  /** The whole file. The same file once more changes nothing; another one is ILLEGAL_STATE. */
  async put(caller: Caller, id: string, body: Readable): Promise<Import> {
    const { expectedBytes } = await this.refusing(body, () => this.imports.get(caller, id));
    return this.stored(body, expectedBytes ?? maxFileBytes, (file) => this.tenancy.run(caller, async (tx) => {
      const imported = await lockImport(tx, id);
      if (imported.state === ImportState.CREATED) return this.uploaded(tx, imported, file);
      if (imported.fileSha256 !== file.sha256) throw illegal(imported, 'given another file');
      tx.onCommit(() => void this.files.delete([file.id]));
      return imported;
    }));
  }

  /** Announcement and file in one request. */
  create(caller: Caller, input: () => Promise<CreateImportInput>, body: Readable): Promise<Import> {
    return this.stored(body, maxFileBytes, async (file) => {
      const given = await input();
      const idempotency = currentContext()?.idempotency;
      if (idempotency) idempotency.fingerprint = createHash('sha256').update(JSON.stringify([given, file.sha256])).digest('base64url');
      return this.tenancy.run(caller, async (tx) => this.uploaded(tx, await this.imports.announce(tx, given), file));
    });
  }

  /** One part, in any order; the same once more changes nothing, and another of its number is ILLEGAL_STATE. */
  async putPart(caller: Caller, id: string, number: number, body: Readable): Promise<ImportPart> {
    await this.refusing(body, async () => {
      const imported = await this.imports.get(caller, id);
      if (!Number.isInteger(number) || number < 1 || number > maxParts) {
        throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'number', rule: 'range', message: `parts are numbered 1 to ${maxParts}` }]);
      }
      if (imported.state !== ImportState.CREATED) throw illegal(imported, 'given a part');
    });
    return this.stored(body, maxPartBytes, (file) => this.tenancy.run(caller, async (tx) => {
      const imported = await lockImport(tx, id);
      if (imported.state !== ImportState.CREATED) throw illegal(imported, 'given a part');
      const { departmentId } = imported;
      const partId = newId();
      const key = this.cipher.encrypt(file.key, filePlace('import_parts', { id: partId, departmentId }));
      const added = await tx.query(
        `insert into enterprise_lists.import_parts (id, org_id, import_id, number, file_id, file_key_encrypted, bytes, sha256)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict on constraint import_parts_once do nothing returning id`,
        [partId, departmentId, id, number, file.id, key, file.bytes, file.sha256]);
      if (added.length === 0) await this.sameAsBefore(tx, imported, number, file);
      else await audit(tx, { action: 'import.upload-part', resource: 'import', resourceId: id, detail: { number, bytes: file.bytes } });
      return Object.assign(new ImportPart(), { number, bytes: file.bytes, sha256: file.sha256 });
    }));
  }

  /** Puts the parts together. VALIDATION_FAILED names those that are missing, or says that the file is not the one that was meant. */
  async complete(caller: Caller, id: string, { parts, sha256 }: CompleteImportInput): Promise<Import> {
    const { imported, rows } = await this.tenancy.worker(async (tx) => ({
      imported: await tx.manager.findOneBy(Import, { id, departmentId: caller.organisationId! }),
      rows: await partRows(tx, caller.organisationId!, id),
    }), { awaited: true });
    const isOpen = imported?.state === ImportState.CREATED;
    if (isOpen) checkParts(rows.map(({ number }) => number), parts);
    const file = isOpen ? await this.files.write(this.bytesOf(rows), maxFileBytes) : undefined;
    return this.keepingOnly(file, () => this.tenancy.run(caller, async (tx) => {
      const locked = await lockImport(tx, id);
      // Sent again under another key: it is as it was left.
      if (locked.state !== ImportState.CREATED && sha256 && sha256 === locked.fileSha256) return locked;
      if (locked.state !== ImportState.CREATED || !file) throw illegal(locked, 'completed');
      if (sha256 && sha256 !== file.sha256) throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'sha256', rule: 'digest', message: `the parts together have ${file.sha256}` }]);
      await tx.query('delete from enterprise_lists.import_parts where org_id = $1 and import_id = $2', [tx.organisationId, id]);
      tx.onCommit(() => void this.files.delete(rows.map(({ fileId }) => fileId)));
      return this.uploaded(tx, locked, file);
    }));
  }

  /** UPLOADED, or APPLIED at once where the same file was applied with the same parameters, every row of it. */
  private async uploaded(tx: Tx, imported: Import, file: StoredFile): Promise<Import> {
    const { id, departmentId, expectedBytes } = imported;
    if (expectedBytes !== null && expectedBytes !== file.bytes) {
      throw new DomainError('VALIDATION_FAILED', undefined, [{ field: 'bytes', rule: 'size', message: `${expectedBytes} bytes were announced, ${file.bytes} came` }]);
    }
    const contentHash = contentHashOf(imported, file);
    const earlier = await repeatedFile(tx, imported, contentHash);
    const change: Partial<Import> = {
      fileId: file.id, fileKeyEncrypted: this.cipher.encrypt(file.key, filePlace('imports', imported)), bytes: file.bytes, fileSha256: file.sha256,
      uploadedAt: new Date(), contentHash, version: imported.version + 1, ...earlier ?? { state: ImportState.UPLOADED, wanted: 'VALIDATE' },
    };
    await tx.manager.update(Import, { id }, change as never);
    await audit(tx, { action: 'import.upload', resource: 'import', resourceId: id, detail: { bytes: file.bytes, sha256: file.sha256 } });
    if (change.wanted) {
      await this.leases.wake(tx, { id, departmentId });
      tx.onCommit(() => this.work.nudge({ id, departmentId }));
    }
    return tx.manager.findOneByOrFail(Import, { id });
  }

  private async sameAsBefore(tx: Tx, { departmentId, id }: Import, number: number, file: StoredFile): Promise<void> {
    const [{ sha256 }] = await tx.query<{ sha256: string }>(
      'select sha256 from enterprise_lists.import_parts where org_id = $1 and import_id = $2 and number = $3', [departmentId, id, number]);
    if (sha256 !== file.sha256) throw new DomainError('ILLEGAL_STATE', `Part ${number} is there already, with other content. Abort the import and begin anew.`);
    tx.onCommit(() => void this.files.delete([file.id]));
  }

  /** Stores a body and goes on with it; when that fails, nothing of it is left. */
  private async stored<T>(body: Readable, maxBytes: number, work: (file: StoredFile) => Promise<T>): Promise<T> {
    const file = await this.refusing(body, () => this.files.write(bytesOf(body), maxBytes));
    return this.keepingOnly(file, () => work(file));
  }

  private async keepingOnly<T>(file: StoredFile | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.files.delete([file?.id ?? null]);
      throw error;
    }
  }

  private async refusing<T>(body: Readable, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      discardRest(body);
      throw error;
    }
  }

  private async* bytesOf(parts: readonly PartRow[]): AsyncGenerator<Buffer> {
    for (const part of parts) {
      const opened = await this.files.open(part.fileId, this.cipher.decrypt(part.fileKeyEncrypted, filePlace('import_parts', part)));
      try {
        yield* opened.stream();
      } finally {
        await opened.close();
      }
    }
  }
}

const partRows = (tx: Tx, departmentId: string, importId: string): Promise<PartRow[]> => tx.query<PartRow>(
  `select id, org_id as "departmentId", number, file_id as "fileId", file_key_encrypted as "fileKeyEncrypted"
   from enterprise_lists.import_parts where org_id = $1 and import_id = $2 order by number`, [departmentId, importId]);

function checkParts(numbers: number[], count: number): void {
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((number) => !numbers.includes(number));
  const extra = numbers.filter((number) => number > count);
  const errors = [
    ...missing.length > 0 ? [{ field: 'parts', rule: 'missing', message: `missing: ${missing.slice(0, 50).join(', ')}` }] : [],
    ...extra.length > 0 ? [{ field: 'parts', rule: 'range', message: `there are parts beyond ${count}: ${extra.slice(0, 50).join(', ')}` }] : [],
  ];
  if (errors.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, errors);
}

/** Of a file and all that decides what becomes of it. */
function contentHashOf({ title, period, mode, atomicity, sheet, delimiter, mapping }: Import, { sha256 }: StoredFile): string {
  const sorted = Object.entries(mapping).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify([sha256, title, period, mode, atomicity, sheet, delimiter, sorted])).digest('base64url');
}
