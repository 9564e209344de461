import { Grace } from '@finharbor/platform/boot/grace';
import { Recurring } from '@finharbor/platform/boot/recurring';
import { CONFIG } from '@finharbor/platform/config/config';
import { StoredFiles } from '@finharbor/platform/files/stored-files';
import { LOGGER } from '@finharbor/platform/logs/token';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import type { EnterpriseListsConfig } from '../config.js';
import { Import } from './import.entity.js';
import { ImportsService } from './imports.service.js';

const everyMs = 600_000;
const batch = 100;

/** Forgets what imports leave: files when their time is over, imports that nobody goes on with, and what a killed process began. */
@Injectable()
export class ImportKeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recurring: Recurring;

  constructor(
    @Inject(CONFIG) private readonly config: EnterpriseListsConfig, @Inject(LOGGER) logger: Logger, private readonly tenancy: Tenancy,
    private readonly files: StoredFiles, private readonly imports: ImportsService, private readonly grace: Grace,
  ) {
    this.recurring = new Recurring('imports', logger, everyMs, () => this.run());
  }

  onApplicationBootstrap(): void {
    this.recurring.start(60_000);
  }

  onModuleDestroy(): Promise<void> {
    return this.recurring.stop(this.grace);
  }

  async run(): Promise<void> {
    await this.untilNone((tx) => this.abandon(tx));
    await this.untilNone((tx) => this.deleteFiles(tx));
    await this.files.sweep((ids) => this.tenancy.worker((tx) => claimed(tx, ids)));
  }

  private async untilNone(work: (tx: Tx) => Promise<number>): Promise<void> {
    while (!this.recurring.isStopped && await this.tenancy.worker(work) > 0);
  }

  /** Imports that waited long enough for their file, or to be applied; and those of one request, when that ended with its process. */
  private async abandon(tx: Tx): Promise<number> {
    const [idle] = await tx.manager.createQueryBuilder(Import, 'import').where(`state in ('CREATED', 'VALIDATING', 'VALIDATED') and wanted is null`)
      .andWhere(`coalesce(validated_at, created_at) < now() - make_interval(hours => case state when 'VALIDATING' then 1 else :hours end)`, { hours: this.config.FILES_KEPT_HOURS })
      .limit(1).getMany();
    if (!idle) return 0;
    const files = await this.imports.end(tx, idle);
    tx.onCommit(() => void this.files.delete(files));
    return 1;
  }

  private async deleteFiles(tx: Tx): Promise<number> {
    const old = await tx.query<{ fileId: string }>(
      `with old as (select id, file_id from enterprise_lists.imports where file_id is not null and wanted is null
         and ended_at < now() - make_interval(hours => $1) limit ${batch} for update skip locked)
       update enterprise_lists.imports i set file_id = null, file_key_encrypted = null, file_deleted_at = now(), version = version + 1
       from old where i.id = old.id returning old.file_id as "fileId"`, [this.config.FILES_KEPT_HOURS]);
    tx.onCommit(() => void this.files.delete(old.map(({ fileId }) => fileId)));
    return old.length;
  }
}

async function claimed(tx: Tx, ids: string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `select file_id as id from enterprise_lists.imports where file_id = any($1::uuid[])
     union all select file_id from enterprise_lists.import_parts where file_id = any($1::uuid[])`, [ids]);
  return new Set(rows.map(({ id }) => id));
}
