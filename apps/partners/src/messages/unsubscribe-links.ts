import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { CONFIG } from '@finharbor/platform/config/config';
import { parseServiceKeys } from '@finharbor/security/tokens/service-token';
import { Inject, Injectable } from '@nestjs/common';
import type { PartnersConfig } from '../config.js';

/**
 * The link in a mail by which its recipient opts out, without signing in: the recipient's id, signed. It opens nothing else, and is good
 * for as long as one of the keys that were in use when it was sent.
 */
@Injectable()
export class UnsubscribeLinks {
  private readonly keys: Buffer[];
  private readonly base: string;

  constructor(@Inject(CONFIG) config: PartnersConfig) {
    this.keys = parseServiceKeys(config.SERVICE_KEY).map((key) => Buffer.from(hkdfSync('sha256', key, '', 'finharbor unsubscribe links', 32)));
    this.base = config.PUBLIC_URL.replace(/\/$/, '');
  }

  urlOf(recipientId: string): string {
    const id = Buffer.from(recipientId.replaceAll('-', ''), 'hex');
    return `${this.base}/unsubscribe/${id.toString('base64url')}.${mac(this.keys[0], id).toString('base64url')}`;
  }

  /** Whose link it is; undefined when it is none of ours. */
  recipientOf(token: string): string | undefined {
    const [id, given, ...more] = token.split('.').map((part) => Buffer.from(part, 'base64url'));
    if (more.length > 0 || id.length !== 16 || given?.length !== 16) return undefined;
    if (!this.keys.some((key) => timingSafeEqual(mac(key, id), given))) return undefined;
    return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}

const mac = (key: Buffer, id: Buffer): Buffer => createHmac('sha256', key).update(id).digest().subarray(0, 16);
