import { Property } from '@finharbor/platform/subgraph/property';
import { Decimal } from '@finharbor/platform/subgraph/scalars';
import { scaled } from '@finharbor/contracts/eligibility/decimals';
import { type LprQuote, lprOn } from '@finharbor/standards/lpr';
import { Int, ObjectType } from '@nestjs/graphql';
import { IsEnum, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsPercent } from '../input-checks.js';
import { LprTerm, PricingKind } from '../vocabulary.js';

const optional = { nullable: true, optional: true } as const;

@ObjectType({ description: 'How the rate of a loan is stated: against the loan prime rate, or fixed.' })
export class Pricing {
  @Property(() => PricingKind, { description: 'Against the LPR, or fixed.', enum: PricingKind, enumName: 'PricingKind' })
  @IsEnum(PricingKind)
  kind: PricingKind;

  @Property(() => LprTerm, { description: 'Which LPR; with kind LPR.', enum: LprTerm, enumName: 'LprTerm', ...optional })
  @IsOptional() @IsEnum(LprTerm)
  lprTerm: LprTerm | null;

  @Property(() => Int, { description: 'Least basis points (a hundredth of a per cent) above the LPR, negative below it; with kind LPR.', ...optional })
  @IsOptional() @IsInt() @Min(-1_000) @Max(5_000)
  basisPointsMin: number | null;

  @Property(() => Int, { description: 'Most basis points above the LPR; with kind LPR.', ...optional })
  @IsOptional() @IsInt() @Min(-1_000) @Max(5_000)
  basisPointsMax: number | null;

  @Property(() => Decimal, { description: 'Lowest rate, in percent a year; with kind FIXED.', ...optional })
  @IsOptional() @IsPercent()
  rateMin: string | null;

  @Property(() => Decimal, { description: 'Highest rate, in percent a year; with kind FIXED.', ...optional })
  @IsOptional() @IsPercent()
  rateMax: string | null;
}

export interface Rates {
  /** Percent a year. */
  min: string;
  max: string;
  /** Day of the quote that they were reckoned from; null for fixed ones. */
  quotedOn: string | null;
}

/** Millionths of a per cent in a basis point. */
const basisPoint = 10_000n;

/**
 * What a pricing comes to on an ISO date, by the quote that holds then; undefined before the first quote. No rate is below nothing.
 * @param imported quotes to lay over the built-in ones.
 */
export function ratesOn(pricing: Pricing, date: string, imported: readonly LprQuote[]): Rates | undefined {
  if (pricing.kind === PricingKind.FIXED) return { min: percent(scaled(pricing.rateMin!)!), max: percent(scaled(pricing.rateMax!)!),
    quotedOn: null };
  const quote = lprOn(date, imported);
  if (!quote) return undefined;
  const base = scaled(pricing.lprTerm === LprTerm.ONE_YEAR ? quote.oneYear : quote.fiveYear)!;
  const rate = (points: number): string => {
    const sum = base + BigInt(points) * basisPoint;
    return percent(sum > 0n ? sum : 0n);
  };
  return { min: rate(pricing.basisPointsMin!), max: rate(pricing.basisPointsMax!), quotedOn: quote.date };
}

/** With the four places that rates are kept with. */
const percent = (millionths: bigint): string => `${millionths / 1_000_000n}.${(millionths % 1_000_000n).toString().padStart(6, '0').slice(0, 4)}`;
