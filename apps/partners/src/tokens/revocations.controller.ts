import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RevocationList, Revocations } from './revocations.js';

@ApiTags('oauth')
@Controller('v1/revocations')
export class RevocationsController {
  constructor(private readonly revocations: Revocations) {}

  @Get()
  @ApiOperation({
    summary: 'What is revoked',
    description: 'For whoever verifies access tokens, above all the gateway, which asks every half second. 304 while the list is the one of If-None-Match.',
  })
  @ApiOkResponse({ type: RevocationList })
  async list(@Headers('if-none-match') known: string | undefined, @Res({ passthrough: true }) reply: FastifyReply): Promise<RevocationList | undefined> {
    const { list, etag } = await this.revocations.list();
    void reply.header('etag', etag);
    if (known !== etag) return list;
    void reply.status(304);
    return undefined;
  }
}
