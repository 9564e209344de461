import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { DomainError } from '@finharbor/contracts/errors';
import { parseServiceKeys } from '@finharbor/security/tokens/service-token';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type ServiceConfig } from '../config/config.js';

/** What a cursor is good for: the same list, asked by the same organisation with the same filter. */
export interface CursorScope {
  list: string;
  organisationId: string | null;
  filter?: unknown;
}

/**
 * Signs the place where a page ended, so that a cursor cannot be forged or used on another list. Like service tokens, cursors
 * are signed by the first key and good under any: whoever walks a list while keys change walks on.
 */
@Injectable()
export class Cursors {
  private readonly keys: Buffer[];

  constructor(@Inject(CONFIG) config: ServiceConfig) {
    this.keys = parseServiceKeys(config.SERVICE_KEY).map((key) => Buffer.from(hkdfSync('sha256', key, '', 'cursors', 32)));
  }

  seal(position: string, scope: CursorScope): string {
    const body = Buffer.from(position).toString('base64url');
    return `${body}.${mac(this.keys[0], body, scope)}`;
  }

  /** The position inside, or CURSOR_INVALID. */
  open(cursor: string, scope: CursorScope): string {
    const [body] = cursor.split('.', 1);
    const given = Buffer.from(cursor);
    const isOurs = this.keys.some((key) => {
      const right = Buffer.from(`${body}.${mac(key, body, scope)}`);
      return given.length === right.length && timingSafeEqual(given, right);
    });
    if (!isOurs) throw new DomainError('CURSOR_INVALID');
    return Buffer.from(body, 'base64url').toString();
  }
}

function mac(key: Buffer, body: string, scope: CursorScope): string {
  const text = JSON.stringify([body, scope.list, scope.organisationId, scope.filter ?? null]);
  return createHmac('sha256', key).update(text).digest().subarray(0, 16).toString('base64url');
}
