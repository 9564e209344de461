import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SetSignatureKeysInput, SignatureKeyList } from './signature-keys.inputs.js';
import { SignatureKeysService } from './signature-keys.service.js';

@ApiTags('api-clients')
@Controller('v1/api-clients/:id/signature-keys')
export class SignatureKeysController {
  constructor(private readonly keys: SignatureKeysService) {}

  @Get()
  @ApiOperation({ summary: 'List the keys with which an API client signs', description: 'For the system administrator, and for the client itself.' })
  @ApiOkResponse({ type: SignatureKeyList })
  get(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string): Promise<SignatureKeyList> {
    return this.keys.get(caller, id);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Set the keys with which an API client signs',
    description: 'For the system administrator, and for the client itself: all keys at once, the next one beside the old until it is in use. '
      + 'The services know them a moment later. docs/signing.md says how bodies are signed.',
  })
  @ApiOkResponse({ type: SignatureKeyList })
  set(@CurrentCaller() caller: Caller, @Param('id', ParseUUIDPipe) id: string, @Body() input: SetSignatureKeysInput): Promise<SignatureKeyList> {
    return this.keys.set(caller, id, input);
  }
}
