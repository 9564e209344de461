import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readSm2PrivateKey } from '@finharbor/security/national/sm2';
import { isSm2Jwk, type Sm2Jwk, type Sm2PrivateKey } from '@finharbor/security/national/sm2-keys';
import { signBase, type SignerJwk, signerKey, type SignerKey } from '@finharbor/security/signatures/keys';
import { z } from 'zod';

/** A detached signature, as it lies beside its file: over the bytes of the file, by the key of that id. */
export const detachedSignature = z.object({ form: z.literal('finharbor.signature.1'), keyid: z.string(), algorithm: z.string(), signature: z.base64() });

/** Our key to sign files with: a private JWK of Ed25519 or SM2, with its kid. */
export class ExchangeSigner {
  private readonly key: KeyObject | Sm2PrivateKey;
  private readonly announced: SignerKey;

  constructor(text: string) {
    const jwk = JSON.parse(text) as SignerJwk & { d: string };
    const { d: _secret, ...published } = jwk;
    this.announced = signerKey(published);
    this.key = isSm2Jwk(jwk) ? readSm2PrivateKey(jwk as unknown as Sm2Jwk) : createPrivateKey({ key: jwk as never, format: 'jwk' });
  }

  /** The text of the file beside a file. */
  sign(bytes: Buffer): string {
    const { id: keyid, algorithm } = this.announced;
    return `${JSON.stringify({ form: 'finharbor.signature.1', keyid, algorithm, signature: signBase(this.key, bytes).toString('base64') })}\n`;
  }
}

/** The public keys of the outside platforms, by channel: `{"GREEN": {"keys": [JWK]}}`. A channel that is not there delivers directly. */
export class PlatformKeys {
  private readonly byChannel: Map<string, SignerKey[]>;

  constructor(text: string) {
    const sets = z.partialRecord(z.enum(['GREEN', 'INCLUSIVE']), z.object({ keys: z.array(z.looseObject({ kid: z.string() })).min(1) })).parse(JSON.parse(text));
    this.byChannel = new Map(Object.entries(sets).map(([channel, { keys }]) => [channel, keys.map((jwk) => signerKey(jwk as never))]));
  }

  get channels(): string[] {
    return [...this.byChannel.keys()];
  }

  /** Whether a platform signed these bytes. */
  holds(channel: string, bytes: Buffer, signatureText: string): boolean {
    try {
      const { keyid, algorithm, signature } = detachedSignature.parse(JSON.parse(signatureText));
      const key = this.byChannel.get(channel)?.find(({ id }) => id === keyid);
      return key !== undefined && key.algorithm === algorithm && key.verify(bytes, Buffer.from(signature, 'base64'));
    } catch {
      return false;
    }
  }
}
