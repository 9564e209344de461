import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PageQuery } from '@finharbor/platform/http/page';
import { Property } from '@finharbor/platform/subgraph/property';
import { ID, Int, ObjectType } from '@nestjs/graphql';
import { isIsoDate } from '@finharbor/standards/dates';
import { IsEnum, IsOptional, ValidateBy } from 'class-validator';
import { Match } from './match.entity.js';
import { MatchOutcome } from './matching.js';

const IsDay = (): PropertyDecorator => ValidateBy({
  name: 'day', validator: { validate: (value: unknown) => typeof value === 'string' && isIsoDate(value), defaultMessage: () => '$property must be a day, written like "2026-11-22"' },
});

/** Which matches of an application. */
export class MatchesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: MatchOutcome, enumName: 'MatchOutcome', description: 'Only matches of this verdict.' }) @IsOptional() @IsEnum(MatchOutcome)
  verdict?: MatchOutcome;
}

/** A page of matches of now. */
export class MatchPage {
  @ApiProperty({ type: [Match], description: 'The matches of this page, best first.' })
  items: Match[];

  @ApiProperty({ type: String, nullable: true, description: 'Ask for the next page with it; null on the last page. CURSOR_EXPIRED once the catalogue changed.' })
  nextCursor: string | null;

  @ApiProperty({ type: String, description: 'The catalogue that it was matched with.' })
  catalogueVersion: string;

  @ApiProperty({ type: 'integer', description: 'The rules by which it is put in order.' })
  rankingVersion: number;
}

/** The matches of a submission, made again. */
export class MatchReproduction extends MatchPage {
  @ApiProperty({ type: Boolean, description: 'Whether it is the answer that was given. False also where facts were withheld that products ask for.' })
  isSame: boolean;

  @ApiProperty({ type: [String], description: 'Facts that it was matched with and that nobody can read any more, as the person was erased, or they were never kept: special groups, age.' })
  withheld: string[];
}

/** Days, both included. */
export class ExposureQuery {
  @ApiProperty({ description: 'First day.', format: 'date' }) @IsDay()
  from: string;

  @ApiProperty({ description: 'Last day, at most a year behind the first.', format: 'date' }) @IsDay()
  to: string;
}

@ObjectType({ description: 'How often the products of a bank stood among the first ten matches of an application.' })
export class MatchExposure {
  @Property(() => ID, { description: 'The bank.' })
  bankId: string;

  @Property(() => Int, { description: 'Places among the first ten that fit or may fit.' })
  shown: number;

  @Property(() => Int, { description: 'First places.' })
  first: number;

  @Property(() => Int, { description: 'Its part of all such places, in whole per cent.', nullable: true })
  sharePercent: number | null;
}
