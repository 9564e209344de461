import { isIsoDate } from '@finharbor/standards/dates';
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

function textScalar(name: string, description: string, isRight: (text: string) => boolean): GraphQLScalarType<string, string> {
  const check = (value: unknown): string => {
    if (typeof value === 'string' && isRight(value)) return value;
    throw new GraphQLError(`${name} is written like ${description}`);
  };
  return new GraphQLScalarType({
    name,
    description,
    serialize: (value) => String(value),
    parseValue: check,
    parseLiteral: (node: ValueNode) => check(node.kind === Kind.STRING ? node.value : undefined),
  });
}

/** An exact decimal, as text, so that no yuan is lost to floating point. */
export const Decimal = textScalar('Decimal', 'an exact decimal number in a string, "500000.00"', (text) => /^-?\d{1,18}(\.\d{1,6})?$/.test(text));

/** A day in Asia/Shanghai. */
export const LocalDate = textScalar('LocalDate', 'a day of the calendar, "2026-11-21"', isIsoDate);
