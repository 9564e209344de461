import { Float, GraphQLISODateTime, ID } from '@nestjs/graphql';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsISO8601, IsOptional, IsUUID, Length } from 'class-validator';
import { PageQuery } from '../http/page.js';
import { Property } from '../subgraph/property.js';

/** One row of the audit trail: who did what to which record. */
export class AuditRecord {
  @Property(() => Float, { description: 'Number of the row, as the verification names it.' })
  id: number;

  @Property(() => GraphQLISODateTime, { description: 'When.' })
  at: Date;

  @Property(() => String, { description: 'The role that acted; `service` for the suite itself.' })
  role: string;

  @Property(() => ID, { nullable: true, description: 'The organisation that acted.' })
  organisationId: string | null;

  @Property(() => String, { nullable: true, description: 'Its API client.' })
  clientId: string | null;

  @Property(() => String, { description: 'What was done.' })
  action: string;

  @Property(() => String, { description: 'To which kind of record.' })
  resource: string;

  @Property(() => ID, { nullable: true, description: 'To which record.' })
  resourceId: string | null;

  @Property(() => String, { nullable: true, description: 'Facts worth keeping, as JSON; never personal data.' })
  detail: string | null;

  @Property(() => String, { nullable: true, description: 'The request, as logs name it and, after a blank, as its client does.' })
  requestId: string | null;
}

/** Which rows of the trail. */
export class AuditRecordsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Kind of record, such as `demand`.' })
  @IsOptional() @Length(1, 100)
  resource?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Id of the record.' })
  @IsOptional() @IsUUID()
  resourceId?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The organisation that acted.' })
  @IsOptional() @IsUUID()
  organisationId?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Not before.' })
  @IsOptional() @IsISO8601({ strict: true })
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before.' })
  @IsOptional() @IsISO8601({ strict: true })
  to?: string;
}
