import { checkResidentId } from '@finharbor/standards/resident-id';
import { toHalfWidth } from '@finharbor/standards/text';

/** All control characters but tab and line breaks, and halves of a pair. PostgreSQL cannot store NUL, and none belongs in a list. */
// eslint-disable-next-line no-control-regex
const unreadable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]|\p{Surrogate}/u;
// eslint-disable-next-line no-control-regex
const suspicious = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]/;

/** The first character of a text that cannot be stored, as `U+0000`; undefined where all can. */
export function unreadableCharacter(text: string): string | undefined {
  // The pattern that knows pairs costs thrice the other, and hardly any text holds a pair.
  const found = suspicious.test(text) ? unreadable.exec(text) : null;
  return found ? `U+${found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}` : undefined;
}

/** What a workbook shows where a formula failed, or was never reckoned; `#N/A` says that nothing is stated. */
const errorValue = /^#(?:REF!|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|GETTING_DATA|FORMULA!)$/;

export const isErrorValue = (text: string): boolean => text.startsWith('#') && errorValue.test(text.trim());

/** Whether a text holds an identity number that a person may really have: of a province, born since 1900. A credit code may look alike. */
export function holdsResidentId(text: string): boolean {
  if (!/[\d\uff10-\uff19]{17}/.test(text)) return false;
  return [...toHalfWidth(text).matchAll(/(?<![\da-z])\d{17}[\dx](?![\da-z])/gi)].some(([number]) => {
    const { problem, warning, birthDate = '' } = checkResidentId(number);
    return !problem && !warning && birthDate >= '1900' && birthDate < '2100';
  });
}
