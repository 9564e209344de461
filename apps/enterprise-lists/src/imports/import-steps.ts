import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { audit } from '@finharbor/security/audit/audit';
import { Injectable } from '@nestjs/common';
import { Applying } from '../enterprises/applying.js';
import { Staging } from '../enterprises/staging.js';
import { countColumns, ImportChecks, longMs, nothingNew } from './import-checks.js';
import { ImportState, type Wanted } from './import-kinds.js';
import { ImportLeases } from './import-leases.js';
import { Import } from './import.entity.js';
import { ListMaking } from './list-making.js';
import { Turns } from './turns.js';

/** What is done with an import by whoever has it in hand, step by step: each ends with what is wanted next, or nothing. */
@Injectable()
export class ImportSteps {
  constructor(
    private readonly tenancy: Tenancy, private readonly leases: ImportLeases, private readonly checks: ImportChecks,
    private readonly turns: Turns, private readonly making: ListMaking, private readonly applying: Applying,
    private readonly staging: Staging,
  ) {}

  async take(step: Wanted, imported: Import, signal: AbortSignal): Promise<void> {
    if (step === 'VALIDATE') return this.checks.run(imported, signal);
    const work = step === 'APPLY' ? this.apply : this.undo;
    await this.turns.take(() => this.tenancy.worker((tx) => work.call(this, tx, imported.id)));
  }

  /** VALIDATED → APPLIED, in one transaction. Where a list of its series says the same already, nothing is written but that. */
  private async apply(tx: Tx, id: string): Promise<void> {
    const imported = await this.leases.lock(tx, id);
    const { acceptedCount } = imported;
    if (await this.staging.count(tx, id) !== acceptedCount) return this.leases.keep(tx, id, { state: ImportState.UPLOADED, wanted: 'VALIDATE' });
    const applied = { state: ImportState.APPLIED, ended_at: new Date(), wanted: null };
    if (acceptedCount === 0) return this.leases.keep(tx, id, { ...applied, ...countColumns(nothingNew(imported)) });
    const same = await tx.patiently(longMs, () => this.applying.sameAs(tx, imported, imported));
    if (same) {
      const [{ importId }] = await tx.query<{ importId: string | null }>('select import_id as "importId" from enterprise_lists.push_lists where id = $1', [same]);
      await tx.patiently(longMs, () => this.staging.clear(tx, id));
      await this.leases.keep(tx, id, { ...applied, ...countColumns(nothingNew(imported)), push_list_id: same, repeat_of: importId });
      await audit(tx, { action: 'import.repeat', resource: 'import', resourceId: id, detail: { pushListId: same } });
    } else {
      const facts = { encoding: imported.encoding ?? imported.format!, fileSha256: imported.fileSha256! };
      const { list, counts } = await this.making.make(tx, { ...imported, ...facts });
      await this.leases.keep(tx, id, { ...applied, ...countColumns(counts), push_list_id: list.id });
    }
  }

  /** Takes an applied import back whole; refused where something was dispatched from it meanwhile. */
  private async undo(tx: Tx, id: string): Promise<void> {
    const imported = await this.leases.lock(tx, id);
    await this.applying.undo(tx, { id, departmentId: imported.departmentId, pushListId: imported.pushListId! });
    await this.leases.keep(tx, id, { undone_at: new Date(), wanted: null });
  }
}
