import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { CONFIG, readConfig, serviceConfig, type ServiceConfig } from '../config/config.js';
import { connect } from '../database/data-source.js';
import { Acknowledgements } from '../delivery/acknowledgements.js';
import { Consumer } from '../delivery/consumer.js';
import { Publisher } from '../delivery/publisher.js';
import { Queues } from '../delivery/queues.js';
import { Relay } from '../delivery/relay.js';
import { Sweep } from '../delivery/sweep.js';
import { Due } from '../due/due.js';
import { HealthController } from '../health/health.controller.js';
import { Cursors } from '../http/cursors.js';
import { IdempotencyKeys } from '../idempotency/idempotency-keys.js';
import { createLogger } from '../logs/logger.js';
import { LOGGER } from '../logs/token.js';
import { Tenancy } from '../tenancy/tenancy.js';
import { Grace } from './grace.js';
import { MarkedMethods } from './marked-methods.js';
import { SERVICE, type ServiceIdentity } from './service-identity.js';

export interface PlatformOptions {
  service: ServiceIdentity;
  entities: Type[];
  /** The service's own settings on top of the platform's. */
  config?: z.ZodType<ServiceConfig>;
}

/** Everything a service stands on: configuration, logs, database, tenancy, delivery, clocks, health. */
@Global()
@Module({})
export class PlatformModule {
  static for({ service, entities, config = serviceConfig }: PlatformOptions): DynamicModule {
    const shared = [CONFIG, SERVICE, LOGGER, DataSource, FieldCipher, Tenancy, Publisher, Queues, Relay, Consumer, Due, Cursors];
    return {
      module: PlatformModule,
      imports: [DiscoveryModule],
      controllers: [HealthController],
      providers: [
        { provide: SERVICE, useValue: service },
        { provide: CONFIG, useFactory: () => readConfig(config) },
        { provide: LOGGER, inject: [CONFIG], useFactory: (settings: ServiceConfig) => createLogger(service.name, settings.LOG_LEVEL) },
        { provide: FieldCipher, inject: [CONFIG], useFactory: (settings: ServiceConfig) => new FieldCipher(settings.FIELD_KEYS) },
        {
          provide: DataSource,
          inject: [CONFIG, LOGGER],
          useFactory: (settings: ServiceConfig, logger: Parameters<typeof connect>[3]) => connect(settings, service, entities, logger),
        },
        Grace, MarkedMethods, IdempotencyKeys, Tenancy, Publisher, Queues, Relay, Acknowledgements, Consumer, Sweep, Due, Cursors,
      ],
      exports: shared,
    };
  }
}
