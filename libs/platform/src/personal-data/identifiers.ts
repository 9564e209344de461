/**
 * A phone number or mail address as it is compared: however it was typed, the same number is the same person. A blank can be no
 * part of it.
 */
export function identifierOf(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll(/\s/g, '');
  if (plain.includes('@')) return plain;
  const digits = plain.replaceAll(/[^\d+]/g, '');
  const national = digits.replace(/^(\+86|0086|86(?=1\d{10}$))/, '');
  // Behind the country's code an area code has no 0.
  if (national !== digits && !/^(0|1\d{10}$)/.test(national)) return `0${national}`;
  return national || plain;
}

/** Every number in a cell that may hold several, without their extensions: `13800000000/023-58120000转8`. */
export function identifiersOf(text: string): string[] {
  const parts = text.normalize('NFKC').split(/[/;,、]/).map((part) => identifierOf(part.replace(/转.*/s, '')));
  // Two mobile numbers with nothing but a blank in between.
  return parts.flatMap((part) => (/^(1[3-9]\d{9}){2,}$/.test(part) ? part.match(/\d{11}/g)! : part === '' ? [] : [part]));
}
