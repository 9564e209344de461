import { notFound } from '@finharbor/contracts/errors';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { CurrentCaller } from '../http/caller.decorator.js';
import { ApiService } from '../operations/operations.controller.js';
import { PersonRecordsService } from './person-records.service.js';
import { FieldKeyRows, FieldKeyStatus, PersonErasure, PersonInput, PersonReport } from './person-report.js';
import { ReEncryption } from '../personal-data/re-encryption.js';

@ApiTags('operations')
@ApiService()
@Controller('v1/operations/:service')
export class PersonRecordsController {
  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    private readonly records: PersonRecordsService,
    private readonly reEncryption: ReEncryption,
    private readonly cipher: FieldCipher,
  ) {}

  @Get('field-keys')
  @ApiOperation({ summary: 'How far a service’s personal data are under the current key', description: 'The service encrypts them anew by itself, while it works.' })
  @ApiOkResponse({ type: FieldKeyStatus })
  async keys(@Param('service') service: string): Promise<FieldKeyStatus> {
    this.expect(service);
    const left = [...await this.reEncryption.left()].map(([table, rows]) => Object.assign(new FieldKeyRows(), { table, rows }));
    return Object.assign(new FieldKeyStatus(), { service, key: this.cipher.currentKey, suite: this.cipher.suite, left });
  }

  @Post('person-reports')
  @ApiOperation({
    summary: 'Report what a service holds on a person',
    description: 'For the person itself, who may know it (PIPL art. 45). In the clear; each report is audited with its reason.',
  })
  @ApiCreatedResponse({ type: PersonReport })
  report(@CurrentCaller() caller: Caller, @Param('service') service: string, @Body() { identifier, reason }: PersonInput): Promise<PersonReport> {
    this.expect(service);
    return this.records.report(caller, identifier, reason);
  }

  @Post('person-erasures')
  @ApiOperation({
    summary: 'Erase a person',
    description: 'Destroys the keys of all that the service holds on the person (PIPL art. 47): it cannot be undone. The records stay, and say nothing of who it was.',
  })
  @ApiCreatedResponse({ type: PersonErasure })
  erase(@CurrentCaller() caller: Caller, @Param('service') service: string, @Body() { identifier, reason }: PersonInput): Promise<PersonErasure> {
    this.expect(service);
    return this.records.erase(caller, identifier, reason);
  }

  private expect(service: string): void {
    if (service !== this.service.name) throw notFound('service');
  }
}
