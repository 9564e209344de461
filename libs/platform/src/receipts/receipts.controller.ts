import { notFound } from '@finharbor/contracts/errors';
import type { AuditKeys } from '@finharbor/security/audit/seal';
import type { Receipt } from '@finharbor/security/receipts/receipt';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Inject, Param, ParseUUIDPipe } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { CurrentCaller } from '../http/caller.decorator.js';
import { ApiService } from '../operations/operations.controller.js';
import { Receipts } from './receipts.js';

const document = { type: 'object', additionalProperties: true };

@ApiTags('receipts')
@ApiService()
@Controller('v1/receipts/:service')
export class ReceiptsController {
  constructor(@Inject(SERVICE) private readonly service: ServiceIdentity, private readonly receipts: Receipts) {}

  @Get('keys')
  @ApiOperation({ summary: 'Public keys of receipts', description: 'A JWK set. Keep it, from elsewhere too: with it a receipt is verified without the platform.' })
  @ApiOkResponse({ schema: document })
  keys(@Param('service') service: string): AuditKeys['jwks'] {
    this.expect(service);
    return this.receipts.publicKeys();
  }

  @Get(':id')
  @ApiOperation({
    summary: 'Read a receipt',
    description: 'The signed receipt of a push list or a decision, for the organisation that sent it; the answer to the request names it in Link. '
      + 'docs/signing.md says what it holds and how it is verified offline.',
  })
  @ApiOkResponse({ schema: document })
  get(@CurrentCaller() caller: Caller, @Param('service') service: string, @Param('id', ParseUUIDPipe) id: string): Promise<Receipt> {
    this.expect(service);
    return this.receipts.get(caller, id);
  }

  private expect(service: string): void {
    if (service !== this.service.name) throw notFound('service');
  }
}
