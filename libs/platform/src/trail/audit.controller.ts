import { notFound } from '@finharbor/contracts/errors';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { CurrentCaller } from '../http/caller.decorator.js';
import { restPageOf } from '../http/page.js';
import { ApiService } from '../operations/operations.controller.js';
import { AuditRecord, AuditRecordsQuery } from './audit-record.js';
import { AuditStatus, AuditStatusReader } from './audit-status.js';
import { AuditTrailService } from './audit-trail.service.js';
import { AuditVerification, AuditVerificationInput } from './audit-verification.js';

@ApiTags('operations')
@ApiService()
@Controller('v1/operations/:service/audit')
export class AuditController {
  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    private readonly status: AuditStatusReader,
    private readonly trail: AuditTrailService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'How far a service’s audit trail is sealed', description: 'Seals, rows, what waits, and the state of the checkpoints.' })
  @ApiOkResponse({ type: AuditStatus })
  read(@Param('service') service: string): Promise<AuditStatus> {
    this.expect(service);
    return this.status.read();
  }

  @Get('records')
  @ApiOperation({ summary: 'List rows of a service’s audit trail', description: 'Newest first, by page. Reading is audited itself.' })
  @ApiOkResponse({ type: restPageOf(AuditRecord, 'AuditRecord') })
  records(
    @CurrentCaller() caller: Caller, @Param('service') service: string, @Query() query: AuditRecordsQuery,
  ): Promise<{ items: AuditRecord[]; nextCursor: string | null }> {
    this.expect(service);
    return this.trail.records(caller, query);
  }

  @Post('verifications')
  @ApiOperation({
    summary: 'Verify a service’s audit trail',
    description: 'Compares the rows with the signed seals, and the seals with the checkpoints outside the database. It takes five seconds at most: '
      + 'while `complete` is false, ask again from the seal after `toSeal`. For whom the service itself is not to be trusted: `npm run audit:verify`.',
  })
  @ApiCreatedResponse({ type: AuditVerification })
  verify(
    @CurrentCaller() caller: Caller, @Param('service') service: string, @Body() { fromSeal }: AuditVerificationInput,
  ): Promise<AuditVerification> {
    this.expect(service);
    return this.trail.verify(caller, fromSeal);
  }

  private expect(service: string): void {
    if (service !== this.service.name) throw notFound('service');
  }
}
