import { hkdfSync, timingSafeEqual } from 'node:crypto';
import type { ServiceKeys } from '../tokens/service-token.js';

const stepSeconds = 60;

/** The secret that the token endpoint and every gateway make their nonces from, out of the key that they share anyway. */
export const dpopNonceSecret = (key: Buffer): Buffer => Buffer.from(hkdfSync('sha256', key, '', 'finharbor dpop nonces', 32));

/**
 * Nonces of DPoP (RFC 9449, 8 and 9): what proves that a proof was made lately, whatever the client's clock says. They follow from
 * the time and a secret, so that no process need remember them and each knows those of the others. They are made as oidc-provider
 * makes its own: a client keeps one nonce per origin, and one of the token endpoint is good here too.
 */
export class DpopNonces {
  private readonly secrets: Buffer[];
  private step = -1;
  private good: Buffer[] = [];

  /** The first key makes new nonces, those of all are accepted. */
  constructor(keys: ServiceKeys) {
    this.secrets = keys.map(dpopNonceSecret);
  }

  /** The nonce for the next proofs; good for three minutes at least. */
  next(now = Date.now()): string {
    this.follow(now);
    return this.good[3].toString();
  }

  /** Whether the nonce is one of ours and recent enough. */
  isGood(nonce: string, now = Date.now()): boolean {
    this.follow(now);
    const given = Buffer.from(nonce);
    return this.good.some((one) => one.length === given.length && timingSafeEqual(one, given));
  }

  private follow(now: number): void {
    const step = Math.floor(now / 1000 / stepSeconds);
    if (step === this.step) return;
    this.step = step;
    this.good = this.secrets.flatMap((secret) => [-2, -1, 0, 1, 2].map((distance) => nonceOf(secret, step + distance)));
  }
}

function nonceOf(secret: Buffer, step: number): Buffer {
  const salt = Buffer.alloc(8);
  salt.writeBigUInt64BE(BigInt(step));
  return Buffer.from(Buffer.from(hkdfSync('sha256', secret, salt, 'DPoP', 32)).toString('base64url'));
}
