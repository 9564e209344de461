import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { DomainError } from '@finharbor/contracts/errors';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type ServiceConfig } from '../config/config.js';

/** What a cursor is good for: the same list, asked by the same organisation with the same filter. */
export interface CursorScope {
  list: string;
  organisationId: string | null;
  filter?: unknown;
}

/** Signs the place where a page ended, so that a cursor cannot be forged or used on another list. */
@Injectable()
export class Cursors {
  private readonly key: Buffer;

  constructor(@Inject(CONFIG) config: ServiceConfig) {
    this.key = Buffer.from(hkdfSync('sha256', Buffer.from(config.SERVICE_KEY, 'base64url'), '', 'cursors', 32));
  }

  seal(position: string, scope: CursorScope): string {
    const body = Buffer.from(position).toString('base64url');
    return `${body}.${this.mac(body, scope)}`;
  }

  /** The position inside, or CURSOR_INVALID. */
  open(cursor: string, scope: CursorScope): string {
    const [body] = cursor.split('.', 1);
    const given = Buffer.from(cursor);
    const right = Buffer.from(`${body}.${this.mac(body, scope)}`);
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw new DomainError('CURSOR_INVALID');
    return Buffer.from(body, 'base64url').toString();
  }

  private mac(body: string, scope: CursorScope): string {
    const text = JSON.stringify([body, scope.list, scope.organisationId, scope.filter ?? null]);
    return createHmac('sha256', this.key).update(text).digest().subarray(0, 16).toString('base64url');
  }
}
