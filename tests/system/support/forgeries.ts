import { newId } from '@finharbor/contracts/ids';

/** A cursor with one part or another put in place of what was signed. */
export function forgeries(cursor: string): string[] {
  const [body, mac] = cursor.split('.');
  const elsewhere = Buffer.from(newId()).toString('base64url');
  const flipped = mac.startsWith('A') ? `B${mac.slice(1)}` : `A${mac.slice(1)}`;
  return [body, mac, `${body}.`, `.${mac}`, `${body}.${flipped}`, `${elsewhere}.${mac}`, `${body}.${mac}x`, cursor.slice(0, -1), `${body}.${mac}.${mac}`, newId(), 'null'];
}
