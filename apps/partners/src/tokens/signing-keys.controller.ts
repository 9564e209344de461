import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Controller, Get, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SigningKey, SigningKeyList } from './signing-key.js';
import { SigningKeys } from './signing-keys.js';

@ApiTags('signing-keys')
@Controller('v1/signing-keys')
export class SigningKeysController {
  constructor(private readonly keys: SigningKeys) {}

  @Get()
  @ApiOperation({ summary: 'List the keys that sign access tokens', description: 'The fifty latest, newest first, without the keys themselves.' })
  @ApiOkResponse({ type: SigningKeyList })
  list(@CurrentCaller() caller: Caller): Promise<SigningKeyList> {
    return this.keys.list(caller);
  }

  @Post()
  @ApiOperation({
    summary: 'Make the next signing key',
    description: 'It is published at once and signs when every verifier had time to fetch it; the last one retires when its tokens have run out. '
      + 'Refused while the next key is published and does not sign yet.',
  })
  @ApiCreatedResponse({ type: SigningKey })
  rotate(@CurrentCaller() caller: Caller): Promise<SigningKey> {
    return this.keys.rotate(caller);
  }
}
