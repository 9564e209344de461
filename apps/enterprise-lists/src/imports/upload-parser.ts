import multipart from '@fastify/multipart';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { maxFileBytes } from './import.inputs.js';

/** What a list is sent as. What it is, its content tells. */
export const fileTypes = [
  'text/csv', 'application/octet-stream', 'application/x-ndjson', 'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
];

/** Lets lists through as streams: they are stored as they come in and never held in memory. */
@Injectable()
export class UploadParser implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  async onModuleInit(): Promise<void> {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    server.addContentTypeParser(fileTypes, (_request, body, done) => done(null, body));
    // One byte more than is taken, so that StoredFiles is who refuses.
    const limits = { fileSize: maxFileBytes + 1, files: 1, fields: 20, fieldSize: 65_536, headerPairs: 50 };
    await server.register(multipart as never, { limits } as never);
  }
}
