import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** Lets CSV through as a stream: a list is checked as it comes in and never held in memory. */
@Injectable()
export class UploadParser implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    server.addContentTypeParser(['text/csv', 'application/octet-stream'], (_request, body, done) => done(null, body));
  }
}
