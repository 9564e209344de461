import { Property } from '@finharbor/platform/subgraph/property';

/** Published: verifiers fetch it, it does not sign yet. Verifying: it signs no more, and tokens that it signed are still good. */
export const signingKeyStates = ['PUBLISHED', 'SIGNING', 'VERIFYING', 'RETIRED'] as const;

export type SigningKeyState = (typeof signingKeyStates)[number];

/** A key that signs access tokens, without the key itself. */
export class SigningKey {
  @Property(() => String, { description: 'Its `kid`: the thumbprint of its public part (RFC 7638).' })
  kid: string;

  @Property(() => String, {
    description: 'PUBLISHED before it signs, SIGNING, VERIFYING until the last token that it signed has run out, then RETIRED and destroyed.',
    enum: signingKeyStates, enumName: 'SigningKeyState',
  })
  state: SigningKeyState;

  @Property(() => Date, { description: 'When it was made and published in the JWKS.' })
  createdAt: Date;

  @Property(() => Date, { description: 'From when on it signs, until a later key does.' })
  signsFrom: Date;

  @Property(() => Date, { description: 'When it leaves the JWKS, or left it; null while no key follows it.', nullable: true })
  retiresAt: Date | null;
}

/** The latest signing keys. */
export class SigningKeyList {
  @Property(() => [SigningKey], { description: 'The keys, newest first, retired ones among them.' })
  items: SigningKey[];
}
