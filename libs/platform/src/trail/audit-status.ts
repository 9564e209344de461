import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Float, GraphQLISODateTime, Int } from '@nestjs/graphql';
import { AuditKeys } from '@finharbor/security/audit/seal';
import { unsealedRows } from '../audit/chain.js';
import { Sealer } from '../audit/sealer.js';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { CONFIG, type ServiceConfig } from '../config/config.js';
import { Metrics } from '../health/metrics.js';
import { Property } from '../subgraph/property.js';
import { Tenancy } from '../tenancy/tenancy.js';

/** How far a service's audit trail is sealed. */
export class AuditStatus {
  @Property(() => String, { description: 'The service.' })
  service: string;

  @Property(() => Float, { description: 'Number of the last seal; 0 before the first.' })
  lastSeal: number;

  @Property(() => GraphQLISODateTime, { nullable: true, description: 'When it was sealed.' })
  sealedAt: Date | null;

  @Property(() => Float, { description: 'Rows that were ever sealed.' })
  sealedRows: number;

  @Property(() => Float, { description: 'Of these, rows that were deleted after their time.' })
  prunedRows: number;

  @Property(() => Float, { description: 'Rows that no seal covers yet.' })
  unsealedRows: number;

  @Property(() => Float, { description: 'How long the oldest of them has waited, in seconds.' })
  unsealedSeconds: number;

  @Property(() => Int, { description: 'How long rows are kept, in months.' })
  retentionMonths: number;

  @Property(() => String, { nullable: true, description: 'Why the checkpoints outside the database cannot be relied on; null when all is well.' })
  checkpointFailure: string | null;

  @Property(() => String, { description: 'The public keys of the seals, as `npm run audit:verify -- --public-key` takes them. Have them from elsewhere too.' })
  publicKeys: string;
}

type Figures = Pick<AuditStatus, 'lastSeal' | 'sealedAt' | 'sealedRows' | 'prunedRows' | 'unsealedRows' | 'unsealedSeconds'>;

@Injectable()
export class AuditStatusReader implements OnModuleInit {
  private look?: Promise<AuditStatus>;

  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @Inject(CONFIG) private readonly config: ServiceConfig,
    private readonly tenancy: Tenancy,
    private readonly sealer: Sealer,
    private readonly keys: AuditKeys,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.figure('finharbor_audit_unsealed_rows', 'Rows of the audit trail that no seal covers yet', (status) => status.unsealedRows);
    this.figure('finharbor_audit_seal_age_seconds', 'How long the oldest of them has waited', (status) => status.unsealedSeconds);
    this.figure('finharbor_audit_checkpoints_failing', '1 when the checkpoints of the audit trail cannot be relied on: see the log',
      (status) => (status.checkpointFailure === null ? 0 : 1));
  }

  async read(): Promise<AuditStatus> {
    const { schema, name } = this.service;
    const [row] = await this.tenancy.worker((tx) => tx.query<Figures>(
      `select coalesce(s.number, 0)::float8 as "lastSeal", s.at as "sealedAt", coalesce(s.total, 0)::float8 as "sealedRows",
              (select coalesce(sum(count), 0)::float8 from ${schema}.audit_seals where prunes is not null) as "prunedRows",
              u.rows::float8 as "unsealedRows", round(coalesce(extract(epoch from clock_timestamp() - u.oldest), 0), 3)::float8 as "unsealedSeconds"
       from (select count(*) as rows, min(at) as oldest from ${unsealedRows(schema)}) u
       left join lateral (select number, at, total from ${schema}.audit_seals order by number desc limit 1) s on true`,
    ), { awaited: true });
    return Object.assign(new AuditStatus(), row, {
      service: name, retentionMonths: this.config.AUDIT_RETENTION_MONTHS,
      checkpointFailure: this.sealer.checkpointFailure ?? null, publicKeys: this.keys.publicKeys,
    });
  }

  private figure(name: string, help: string, of: (status: AuditStatus) => number): void {
    // One look serves all figures of one scrape.
    this.metrics.gauge(name, help, async () => [[of(await (this.look ??= this.read().finally(() => { this.look = undefined; })))]]);
  }
}
