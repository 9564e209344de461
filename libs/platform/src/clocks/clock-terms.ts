import { clockDefinitions, type ClockKind, type ClockTerms } from '@finharbor/contracts/clocks';
import type { ReferenceRow } from '@finharbor/standards/working-days';

/**
 * The terms of a clock that starts on a day (ISO): the newest imported ones that hold by then, or those that are built in. A row has
 * the key `kind day` and says what is other than built in.
 */
export function termsOn(
  kind: ClockKind, day: string, imported: readonly ReferenceRow[], builtIn: ClockTerms = clockDefinitions[kind],
): ClockTerms {
  const { unit, amount, rollForward, reminders, source, ladder } = builtIn;
  const held = imported.filter(({ key }) => key.startsWith(`${kind} `) && key.slice(kind.length + 1) <= day).map(({ key }) => key).sort();
  const newest = imported.find(({ key }) => key === held.at(-1))?.data;
  return { unit, amount, rollForward, reminders, source, ...(ladder && { ladder }), ...newest };
}
