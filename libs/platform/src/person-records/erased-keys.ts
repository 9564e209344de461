import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { CONFIG, type ServiceConfig } from '../config/config.js';
import { Tenancy } from '../tenancy/tenancy.js';

/**
 * Which data keys were destroyed, in a file beside the checkpoints of the audit trail, outside the database: an older backup that is
 * restored brings them back, and the service destroys them again when it starts. Ids alone, which lead to nobody.
 */
@Injectable()
export class ErasedKeys implements OnApplicationBootstrap {
  private readonly file: string;

  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @Inject(CONFIG) config: ServiceConfig,
    private readonly tenancy: Tenancy,
  ) {
    this.file = join(config.AUDIT_DIR, `${service.name}-erased-keys.txt`);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!existsSync(this.file)) return;
    const ids = readFileSync(this.file, 'utf8').split('\n').filter(Boolean);
    await this.tenancy.worker((tx) => tx.query(`delete from ${this.service.schema}.data_keys where id = any($1::uuid[])`, [ids]));
  }

  add(ids: readonly string[]): void {
    if (ids.length === 0) return;
    mkdirSync(dirname(this.file), { recursive: true });
    appendFileSync(this.file, ids.map((id) => `${id}\n`).join(''));
  }
}
