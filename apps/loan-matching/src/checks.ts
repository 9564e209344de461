import { compareDecimals, scaled } from '@finharbor/contracts/eligibility/decimals';
import { isIsoDate } from '@finharbor/standards/dates';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

/** The largest amount that a demand or a decision may name, in yuan: ten billion. Beyond it a slip is likelier than a loan. */
const maxYuan = '10000000000';

function check(rule: string, message: string, validate: (text: string) => boolean): PropertyDecorator {
  return ValidateBy({ name: rule, validator: { validate: (value: unknown) => typeof value === 'string' && validate(value), defaultMessage: () => message } });
}

/** An amount in yuan as exact text: more than nothing, to the fen, at most ten billion. */
export const IsYuan = (): PropertyDecorator =>
  check('yuan', '$property must be an amount in yuan, written like "500000.00", more than 0 and at most 10000000000', (text) =>
    /^\d{1,11}(\.\d{1,2})?$/.test(text) && scaled(text)! > 0n && compareDecimals(text, maxYuan)! <= 0);

/** A figure of the books in 万元 (10,000 yuan), nothing included. */
export const IsTenThousandYuan = (): PropertyDecorator =>
  check('tenThousandYuan', '$property must be an amount in 万元, written like "1250.5"', (text) => /^\d{1,10}(\.\d{1,6})?$/.test(text));

/** A rate in percent a year. */
export const IsPercent = (): PropertyDecorator =>
  check('percent', '$property must be a rate in percent a year, written like "3.65"', (text) => /^\d{1,2}(\.\d{1,4})?$/.test(text));

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** A point in time that has been, so many days ago at most. */
export const IsInstantWithin = (days: number): PropertyDecorator =>
  check('instantWithin', `$property must be a time that has been, at most ${days} days ago, written like "2026-11-20T09:30:00+08:00"`, (text) => {
    const age = instant.test(text) && isIsoDate(text.slice(0, 10)) ? Date.now() - Date.parse(text) : Number.NaN;
    return age >= 0 && age <= days * 86_400_000;
  });

/** For `@Transform` of what stands in a URL: true and false, and anything else as it is, to be refused. */
export const asBoolean = ({ value }: { value: unknown }): unknown => (value === 'true' ? true : value === 'false' ? false : value);

/** Text for people to read, in one line: so many characters, blanks at the ends not counted. */
export function IsLine(min: number, max: number): PropertyDecorator {
  const checked = check('line', `$property must be a line of ${min} to ${max} characters`, (text) =>
    [...text].length >= min && [...text].length <= max && !/\p{Cc}/u.test(text));
  return (target, key) => {
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value))(target, key);
    checked(target, key);
  };
}
