import { fromDer, isSignature, toDer } from './sm2-curve.js';
import { libraryEngine, nativeEngine, type Sm2Engine } from './sm2-engines.js';
import { type Sm2Jwk, type Sm2PrivateKey, type Sm2PublicKey, sm2PrivateKey } from './sm2-keys.js';

/** `raw` is r || s, 64 bytes; `der` the SEQUENCE of GM/T 0009-2012, which most Chinese libraries write. */
export type Sm2Format = 'raw' | 'der';

/** The example of GB/T 32918.5-2017, A.2. */
const example = {
  secret: '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8',
  point: '09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  message: 'message digest',
  signature: 'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
};

/** Whether an engine does SM2 and nothing that only looks like it, compared with the standard and with another implementation. */
export function passesSelfTest(engine: Sm2Engine, other: Sm2Engine): boolean {
  try {
    const key: Sm2PrivateKey = { secret: Buffer.from(example.secret, 'hex'), point: Buffer.from(example.point, 'hex') };
    const [message, tampered] = [Buffer.from(example.message), Buffer.from(`${example.message}!`)];
    const published = Buffer.from(example.signature, 'hex');
    const own = engine.sign(key, message);
    return engine.publicOf(key.secret).equals(key.point)
      && engine.verify(key, message, published) && !engine.verify(key, tampered, published)
      && isSignature(own) && other.verify(key, message, own) && !other.verify(key, tampered, own)
      && engine.verify(key, message, other.sign(key, message));
  } catch {
    return false;
  }
}

/** The first engine that passes. Throws when none does: then nothing is signed or believed. */
export function chooseEngine(engines: readonly Sm2Engine[]): Sm2Engine {
  const engine = engines.find((one) => passesSelfTest(one, libraryEngine));
  if (!engine) throw new Error('No implementation of SM2 passes its self-test here.');
  return engine;
}

let chosen: Sm2Engine | undefined;

/** What this process does SM2 with, found at first use. */
export const sm2Engine = (): Sm2Engine => chosen ??= chooseEngine([nativeEngine, libraryEngine]);

/** Reads a private key as `sm2PrivateKey` does; with the engine of this process. */
export const readSm2PrivateKey = (input: string | Sm2Jwk, engine = sm2Engine()): Sm2PrivateKey =>
  sm2PrivateKey(input, (secret) => engine.publicOf(secret));

/** Signs a message with SM2 and SM3 (GB/T 32918.2-2016), for the user id 1234567812345678. */
export function sm2Sign(key: Sm2PrivateKey, message: Buffer, format: Sm2Format = 'raw', engine = sm2Engine()): Buffer {
  const raw = engine.sign(key, message);
  return format === 'raw' ? raw : toDer(raw);
}

/** Whether the signature is the key's over the message. What is no signature of this format at all is none of the key's. */
export function sm2Verify(key: Sm2PublicKey, message: Buffer, signature: Buffer, format: Sm2Format = 'raw', engine = sm2Engine()): boolean {
  const raw = format === 'raw' ? signature : fromDer(signature);
  return raw !== undefined && isSignature(raw) && engine.verify(key, message, raw);
}
