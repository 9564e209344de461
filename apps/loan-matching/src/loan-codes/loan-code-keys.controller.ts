import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CodeJwk } from './code-token.js';
import { LoanCodeKey } from './loan-code-key.js';
import { LoanCodeKeysService } from './loan-code-keys.service.js';

@ApiTags('loan codes')
@Controller('v1/loan-code-keys')
export class LoanCodeKeysController {
  constructor(private readonly keys: LoanCodeKeysService) {}

  @Get()
  @ApiOperation({
    summary: 'Public keys of loan codes',
    description: 'A JWK set. Keep it: with it a loan code is verified offline, as docs/loan-codes.md says.',
  })
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true } })
  list(): Promise<{ keys: CodeJwk[] }> {
    return this.keys.publicKeys();
  }

  @Post()
  @ApiOperation({ summary: 'Make the next key of loan codes', description: 'It signs from now on. Codes that were signed before stay good.' })
  @ApiCreatedResponse({ type: LoanCodeKey })
  rotate(@CurrentCaller() caller: Caller): Promise<LoanCodeKey> {
    return this.keys.rotate(caller);
  }
}
