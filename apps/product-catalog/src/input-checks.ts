import {
  ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, IsOptional, IsString, Length, Matches, NotContains, ValidateBy, type ValidationOptions,
} from 'class-validator';

export const longest = 200;

/** Several decorators as one. */
const together = (...checks: PropertyDecorator[]): PropertyDecorator => (target, key) => {
  for (const check of checks) check(target, key);
};

/** A list that is given has entries, none twice: an empty one would exclude everybody. */
export const Listed = (): PropertyDecorator => together(IsOptional(), IsArray(), ArrayNotEmpty(), ArrayMaxSize(longest), ArrayUnique());

/** Text for people, which a page shows as it is: no HTML, no line breaks where it is a name. */
export const IsPlainText = (min: number, max: number, options?: ValidationOptions): PropertyDecorator => together(IsString(options),
  Length(min, max, options), ValidateBy({
  name: 'plainText',
  validator: {
    validate: (value: unknown) => typeof value !== 'string' || !/<[a-z!/?]|&(#\d+|#x[\da-f]+|[a-z]+);/i.test(value),
    defaultMessage: () => '$property must be plain text, without HTML',
  },
}, options));

/** A name: plain text in one line. */
export const IsName = (min: number, max: number): PropertyDecorator => together(IsPlainText(min, max), NotContains('\n', { message: '$property must be one line' }));

export const IsYuan = (options?: ValidationOptions): PropertyDecorator =>
  Matches(/^\d{1,12}(\.\d{1,2})?$/, { message: '$property must be an amount in yuan, written like "500000.00"', ...options });

export const IsPercent = (options?: ValidationOptions): PropertyDecorator =>
  Matches(/^\d{1,2}(\.\d{1,4})?$/, { message: '$property must be a rate in percent, written like "3.65"', ...options });
