import { GraphQLISODateTime, ID } from '@nestjs/graphql';
import { IsUUID } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { Property } from '../subgraph/property.js';

/** An event that a service could not apply. */
export class DeadLetter {
  @Property(() => ID, { description: 'Id of the event.' })
  id: string;

  @Property(() => String, { description: 'Name of the event: see docs/events.md.' })
  name: string;

  @Property(() => ID, { description: 'The organisation that the fact belongs to.' })
  organisationId: string;

  @Property(() => String, { description: 'The event as it travelled, as JSON: ids and facts, never personal data.' })
  event: string;

  @Property(() => String, { description: 'Why it could not be applied.' })
  reason: string;

  @Property(() => GraphQLISODateTime, { description: 'When it was put aside.' })
  parkedAt: Date;
}

export class ParkEventInput {
  /** Of an event that is on its way to the service. */
  @ApiProperty({ format: 'uuid', description: 'Id of an event that is on its way to the service.' })
  @IsUUID()
  eventId: string;
}
