import { Readable } from 'node:stream';
import { DomainError, type FieldError } from '@finharbor/contracts/errors';
import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { hookRoutes, isWrite } from './route-hooks.js';

const formLike = /^\s*(text\/plain|application\/x-www-form-urlencoded)/i;

/** Under /v1 only what a browser cannot send from a page of somebody else's is read: no forms and no plain text. */
export function registerContentTypes(server: FastifyInstance): void {
  hookRoutes(server, isWrite, {
    onRequest: (request, _reply, done) =>
      done(formLike.test(request.headers['content-type'] ?? '') ? new DomainError('UNSUPPORTED_MEDIA_TYPE') : undefined),
  });
}

/** Checks inputs against their class; unknown fields are refused by name. */
export class InputPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      stopAtFirstError: false,
      exceptionFactory: (errors) => new DomainError('VALIDATION_FAILED', undefined, errors.flatMap((error) => fieldErrors(error))),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (value instanceof Readable && metadata.metatype !== Object && metadata.metatype !== Readable) {
      throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'This route reads application/json.');
    }
    if (metadata.type !== 'custom') {
      const unfit = unfitTexts(value, metadata.data);
      if (unfit.length > 0) throw new DomainError('VALIDATION_FAILED', undefined, unfit);
    }
    return super.transform(value, metadata);
  }
}

/** No input of ours is nested deeper; one that is would exhaust the stack of whoever walks it. */
const deepest = 32;

/** Names that every object has, which the whitelist of class-validator therefore takes for known. */
const inherited = new Set(Object.getOwnPropertyNames(Object.prototype));

/** What no database text can hold (NUL, half a character), and fields that only look as if they were known. */
function unfitTexts(value: unknown, path = '', depth = 0): FieldError[] {
  if (depth > deepest) return [{ field: path.split('.')[0], rule: 'depth', message: `nothing is nested deeper than ${deepest} levels` }];
  if (typeof value === 'string') {
    return /\0|\p{Surrogate}/u.test(value) ? [{ field: path, rule: 'text', message: `${path || 'the value'} must be text without NUL and half characters` }] : [];
  }
  if (value === null || typeof value !== 'object' || value instanceof Readable || Buffer.isBuffer(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const field = path ? `${path}.${key}` : key;
    if (inherited.has(key)) return [{ field, rule: 'whitelistValidation', message: `property ${key} should not exist` }];
    return unfitTexts(item, field, depth + 1);
  });
}

function fieldErrors(error: ValidationError, path = ''): FieldError[] {
  const field = path ? `${path}.${error.property}` : error.property;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({ field, rule, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, field))];
}
