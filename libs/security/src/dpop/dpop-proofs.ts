import { hash } from 'node:crypto';
import { type CryptoKey, errors, importJWK, type JWTHeaderParameters, jwtVerify } from 'jose';
import type { DpopNonces } from './dpop-nonces.js';
import { publicPartOf, thumbprintOf } from './thumbprint.js';

/** How proofs and client assertions may be signed (FAPI 2.0, 5.4); Ed25519 is the name of RFC 9864 for what EdDSA means here. */
export const proofAlgorithms = ['ES256', 'PS256', 'EdDSA', 'Ed25519'];

/** How far a client's clock may be from ours, either way, in seconds. */
const clockSeconds = 60;
/** A proof is good for as long as its `iat` is, and so long its `jti` is remembered. */
export const proofMs = 2 * clockSeconds * 1000;

/** The request that a proof came with, and the access token that it must belong to. */
export interface ProvenRequest {
  proof: string;
  /** `POST` and the like, and the URL that the client asked for; its query does not matter. */
  method: string;
  url: string;
  /** SHA-256 of the access token in base64url, and the thumbprint in its `cnf.jkt`. */
  tokenHash: string;
  jkt: string;
}

/** Why a proof is refused, as RFC 9449 has it. */
export type ProofError = 'invalid_dpop_proof' | 'use_dpop_nonce';

/** Checks the proofs of possession that come with requests (RFC 9449, 4.3). */
export class DpopProofs {
  /** Keys that were used lately, by algorithm and thumbprint: to import one takes half as long as to verify with it. */
  private readonly keys = new Map<string, CryptoKey>();

  /** `isNew` tells whether a proof of this key (jkt) with this id (jti) is seen for the first time within `proofMs`. */
  constructor(private readonly nonces: DpopNonces, private readonly isNew: (id: string) => boolean | Promise<boolean>) {}

  /** What is wrong with the proof; undefined when it is good. It is used up then, whatever becomes of the request. */
  async check(request: ProvenRequest, now = Date.now()): Promise<ProofError | undefined> {
    try {
      const options = { algorithms: proofAlgorithms, typ: 'dpop+jwt', currentDate: new Date(now), clockTolerance: clockSeconds };
      const { payload } = await jwtVerify(request.proof, (header: JWTHeaderParameters) => this.keyOf(header, request.jkt), options);
      const { htm, htu, ath, jti, iat, nonce } = payload;
      if (htm !== request.method || ath !== request.tokenHash || typeof htu !== 'string' || !sameUrl(htu, request.url)) return 'invalid_dpop_proof';
      if (typeof jti !== 'string' || jti === '' || typeof iat !== 'number' || Math.abs(now / 1000 - iat) > clockSeconds) return 'invalid_dpop_proof';
      if (typeof nonce !== 'string' || !this.nonces.isGood(nonce, now)) return 'use_dpop_nonce';
      return await this.isNew(hash('sha256', `${request.jkt} ${jti}`, 'base64url')) ? undefined : 'invalid_dpop_proof';
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException) return 'invalid_dpop_proof';
      throw error;
    }
  }

  /** The key in the proof's header, which must be the one that the token is bound to. */
  private async keyOf({ alg, jwk }: JWTHeaderParameters, jkt: string): Promise<CryptoKey> {
    if (!jwk || typeof jwk !== 'object' || 'd' in jwk || thumbprintOf(jwk) !== jkt) throw new errors.JWSInvalid('Another key, or none.');
    const name = `${alg} ${jkt}`;
    const known = this.keys.get(name);
    if (known) return known;
    const key = await importJWK(publicPartOf(jwk)!, alg) as CryptoKey;
    if (this.keys.size >= 1_000) this.keys.delete(this.keys.keys().next().value!);
    this.keys.set(name, key);
    return key;
  }
}

/** Whether two URLs are the same but for query and fragment (RFC 9449, 4.3, 9). */
function sameUrl(one: string, other: string): boolean {
  const bare = (text: string): string => text.replace(/[?#].*$/s, '');
  if (bare(one) === bare(other)) return true;
  return URL.canParse(one) && new URL(bare(one)).href === new URL(bare(other)).href;
}
