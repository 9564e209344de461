import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsUUID } from 'class-validator';
import { MatchOutcome } from './matching.js';

export const longestList = 1_000;

/** A whole list of enterprises at once. */
export class MatchListInput {
  @ApiProperty({ description: 'Enterprises of the master.', type: [String], format: 'uuid', minItems: 1, maxItems: longestList })
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(longestList) @ArrayUnique() @IsUUID(undefined, { each: true })
  enterpriseIds: string[];
}

export class ListedProduct {
  @ApiProperty({ description: 'The product.', format: 'uuid' }) productId: string;
  @ApiProperty({ description: 'The bank that offers it.', format: 'uuid' }) bankId: string;
  @ApiProperty({ description: 'PASS, or UNKNOWN where facts leave it open.', enum: MatchOutcome, enumName: 'MatchOutcome' }) verdict: MatchOutcome;
}

export class ListedEnterprise {
  @ApiProperty({ description: 'The enterprise.', format: 'uuid' }) enterpriseId: string;
  @ApiProperty({ type: 'integer', description: 'Products whose every rule it keeps, as far as the master tells.' }) passed: number;
  @ApiProperty({ type: 'integer', description: 'Products that its facts leave open: amount, term and security are not asked here.' }) open: number;
  @ApiProperty({ type: [ListedProduct], description: 'The best three.' }) best: ListedProduct[];
}

export class MatchList {
  @ApiProperty({ type: [ListedEnterprise], description: 'In the order asked for; what the master does not know is left out.' }) items: ListedEnterprise[];
  @ApiProperty({ type: String, description: 'The catalogue that they were matched with.' }) catalogueVersion: string;
  @ApiProperty({ type: 'integer', description: 'The rules by which products are put in order.' }) rankingVersion: number;
}
