import { randomBytes } from 'node:crypto';
import type { Party } from './party.js';

/** A record of one side: its id, and what opens it to whoever has no organisation. */
export interface Mine {
  id: string;
  secret?: string;
  /** Of a demand: under which its bank may know who made it. */
  consentId?: string;
}

/** Who is around: the two sides, and those who serve both. */
export interface Around {
  supervisor: Party;
  administrator: Party;
  settle: () => Promise<void>;
}

/** A name of its own for each kind of secret, so that whoever hears one is caught. Letters that no id and no hash has. */
export const newTags = () => Object.fromEntries(['list', 'unclaimed', 'claimed', 'bank', 'hidden', 'accepted', 'personal', 'partner', 'colleague']
  .map((kind) => [kind, `Zq${kind}Zq${randomBytes(4).toString('hex')}`])) as Record<Tag, string>;

type Tag = 'list' | 'unclaimed' | 'claimed' | 'bank' | 'hidden' | 'accepted' | 'personal' | 'partner' | 'colleague';
