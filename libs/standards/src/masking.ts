import { isValidResidentId } from './resident-id.js';
import { toHalfWidth } from './text.js';

/**
 * Masked forms of personal data for display. Rules of hutool's DesensitizedUtil, the custom of the trade; JR/T 0171-2020
 * annex A asks for masking. Unlike hutool, a value too short for its rule is hidden whole: a mask never shows more than
 * the rule allows. Pure text in, text out; blanks at the ends are dropped.
 */

/** A name keeps its first character: `段正淳` is `段**`. */
export function maskName(name: string): string {
  return hide(name.trim(), 1, 0);
}

/** An identity number keeps 1 in front and 2 behind: `5***************1X`. */
export function maskResidentId(id: string): string {
  return hide(id.trim(), 1, 2);
}

/** A mobile number keeps 3 in front and 4 behind: `180****1999`. */
export function maskMobile(mobile: string): string {
  return hide(mobile.trim(), 3, 4);
}

/** A landline keeps 4 in front and 2 behind: `0915*****79`. */
export function maskLandline(landline: string): string {
  return hide(landline.trim(), 4, 2);
}

/** A phone number of either kind: 11 digits that begin with 1 are a mobile, everything else a landline. */
export function maskPhone(phone: string): string {
  const plain = phone.trim();
  return /^1\d{10}$/.test(plain) ? maskMobile(plain) : maskLandline(plain);
}

/** An e-mail address keeps the first character and the domain: `d*************@gmail.com.cn`. */
export function maskEmail(email: string): string {
  const plain = email.trim();
  const at = plain.lastIndexOf('@');
  return at === -1 ? hide(plain, 0, 0) : hide(plain.slice(0, at), 1, 0) + plain.slice(at);
}

/** An address hides its last 8 characters: `北京市海淀区马********`. */
export function maskAddress(address: string): string {
  const characters = [...address.trim()];
  const shown = Math.max(0, characters.length - 8);
  return characters.slice(0, shown).join('') + '*'.repeat(characters.length - shown);
}

/** A bank card keeps the first 4 and the last 1 to 4, in groups of four: `1101 **** **** **** 3256`. */
export function maskBankCard(card: string): string {
  const digits = card.replace(/\s+/g, '');
  if (digits.length < 9) return hide(digits, 0, 0);
  const tail = digits.length % 4 === 0 ? 4 : digits.length % 4;
  const hidden = '*'.repeat(digits.length - 4 - tail).match(/.{1,4}/g)!;
  return [digits.slice(0, 4), ...hidden, digits.slice(-tail)].join(' ');
}

/** Masks the identity numbers, mobile numbers and e-mail addresses inside a text that should hold none: `联系139****5678`. */
export function maskInText(text: string): string {
  const plain = toHalfWidth(text);
  const masked = plain
    .replaceAll(/(?<![\da-z])\d{17}[\dx](?![\da-z])/gi, (number) => (isValidResidentId(number) ? maskResidentId(number) : number))
    .replaceAll(/(?<![\da-z])1[3-9]\d{9}(?![\da-z])/gi, maskMobile)
    .replaceAll(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, maskEmail);
  return masked === plain ? text : masked;
}

/** Keeps `front` and `back` characters where at least one between them is hidden, else hides all. */
function hide(text: string, front: number, back: number): string {
  const characters = [...text];
  const hidden = characters.length - front - back;
  if (hidden < 1) return '*'.repeat(characters.length);
  return characters.slice(0, front).join('') + '*'.repeat(hidden) + characters.slice(characters.length - back).join('');
}
