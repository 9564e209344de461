import { AuditKeys } from '@finharbor/security/audit/seal';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { Checkpoints } from '../audit/checkpoints.js';
import { Retention } from '../audit/retention.js';
import { Sealer } from '../audit/sealer.js';
import { CONFIG, readConfig, serviceConfig, type ServiceConfig } from '../config/config.js';
import { connect } from '../database/data-source.js';
import { Acknowledgements } from '../delivery/acknowledgements.js';
import { Consumer } from '../delivery/consumer.js';
import { DeadLetters } from '../delivery/dead-letters.js';
import { Handlers } from '../delivery/handlers.js';
import { Publisher } from '../delivery/publisher.js';
import { Queues } from '../redis/queues.js';
import { Relay } from '../delivery/relay.js';
import { Room } from '../delivery/room.js';
import { Sweep } from '../delivery/sweep.js';
import { Due } from '../due/due.js';
import { HealthController } from '../health/health.controller.js';
import { Metrics } from '../health/metrics.js';
import { Cursors } from '../http/cursors.js';
import { IdempotencyKeys } from '../idempotency/idempotency-keys.js';
import { createLogger } from '../logs/logger.js';
import { LOGGER } from '../logs/token.js';
import { CleanUp } from '../operations/clean-up.js';
import { DeliveryMetrics } from '../operations/delivery-metrics.js';
import { DeliveryStatusReader } from '../operations/delivery-status.js';
import { OperationsController } from '../operations/operations.controller.js';
import { OperationsService } from '../operations/operations.service.js';
import { ErasedKeys } from '../person-records/erased-keys.js';
import { PersonRecordsController } from '../person-records/person-records.controller.js';
import { PersonRecordsService } from '../person-records/person-records.service.js';
import { PersonalData } from '../personal-data/personal-data.js';
import { ReEncryption } from '../personal-data/re-encryption.js';
import { Receipts } from '../receipts/receipts.js';
import { ReceiptsController } from '../receipts/receipts.controller.js';
import { SignedRequests } from '../receipts/signed-requests.js';
import { Tenancy } from '../tenancy/tenancy.js';
import { AuditController } from '../trail/audit.controller.js';
import { AuditStatusReader } from '../trail/audit-status.js';
import { AuditTrailService } from '../trail/audit-trail.service.js';
import type { Workflow } from '../workflow/workflow.js';
import { WORKFLOWS, WorkflowsController } from '../workflow/workflows.controller.js';
import { Grace } from './grace.js';
import { MarkedMethods } from './marked-methods.js';
import { SERVICE, type ServiceIdentity } from './service-identity.js';

export interface PlatformOptions {
  service: ServiceIdentity;
  entities: Type[];
  /** The service's own settings on top of the platform's. */
  config?: z.ZodType<ServiceConfig>;
  /** The state machines that its records keep to. */
  workflows?: readonly Workflow[];
}

/** Everything a service stands on: configuration, logs, database, tenancy, delivery, clocks, health. */
@Global()
@Module({})
export class PlatformModule {
  static for({ service, entities, config = serviceConfig, workflows = [] }: PlatformOptions): DynamicModule {
    const shared = [
      CONFIG, SERVICE, LOGGER, DataSource, FieldCipher, PersonalData, Tenancy, Publisher, Queues, Relay, Consumer, Due, Cursors, Receipts,
      Metrics, Grace,
    ];
    return {
      module: PlatformModule,
      imports: [DiscoveryModule],
      controllers: [
        HealthController, OperationsController, AuditController, ReceiptsController, PersonRecordsController, WorkflowsController,
      ],
      providers: [
        { provide: SERVICE, useValue: service },
        { provide: WORKFLOWS, useValue: workflows },
        { provide: CONFIG, useFactory: () => readConfig(config) },
        { provide: LOGGER, inject: [CONFIG], useFactory: (settings: ServiceConfig) => createLogger(service.name, settings.LOG_LEVEL) },
        {
          provide: FieldCipher,
          inject: [CONFIG],
          useFactory: ({ FIELD_KEYS, FIELD_SUITE }: ServiceConfig) => new FieldCipher(FIELD_KEYS, FIELD_SUITE),
        },
        {
          provide: AuditKeys,
          inject: [CONFIG],
          useFactory: (settings: ServiceConfig) => new AuditKeys(settings.AUDIT_KEY, settings.AUDIT_PUBLIC_KEYS),
        },
        {
          provide: Checkpoints,
          inject: [CONFIG],
          useFactory: (settings: ServiceConfig) => new Checkpoints(settings.AUDIT_DIR, service.name),
        },
        {
          provide: DataSource,
          inject: [CONFIG, LOGGER],
          useFactory: (settings: ServiceConfig, logger: Parameters<typeof connect>[3]) => connect(settings, service, entities, logger),
        },
        Grace, MarkedMethods, IdempotencyKeys, Tenancy, Publisher, Queues, Room, Relay, Acknowledgements,
        Handlers, DeadLetters, Consumer, Sweep, CleanUp, Metrics, DeliveryStatusReader, DeliveryMetrics, OperationsService, Due, Cursors,
        Retention, Sealer, AuditStatusReader, AuditTrailService, SignedRequests, Receipts,
        PersonalData, ReEncryption, ErasedKeys, PersonRecordsService,
      ],
      exports: shared,
    };
  }
}
