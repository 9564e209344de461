import { Readable } from 'node:stream';
import { DomainError, type FieldError } from '@finharbor/contracts/errors';
import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';

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
    return super.transform(value, metadata);
  }
}

function fieldErrors(error: ValidationError, path = ''): FieldError[] {
  const field = path ? `${path}.${error.property}` : error.property;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({ field, rule, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, field))];
}
