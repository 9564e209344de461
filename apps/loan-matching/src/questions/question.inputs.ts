import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsOptional, Matches } from 'class-validator';
import { IsLine } from '../checks.js';

export class AskInput {
  @ApiProperty({ description: 'What the bank needs to know, for the enterprise to read.', minLength: 2, maxLength: 500 }) @IsLine(2, 500)
  question: string;

  @ApiPropertyOptional({ type: [String], description: 'Documents that it asks for, all of them at once (一次性告知).', maxItems: 20 })
  @IsOptional() @IsArray() @ArrayMaxSize(20) @ArrayUnique() @Matches(/^\S[^\p{Cc}]{0,58}\S$/u, { each: true })
  documents?: string[];
}

export class AnswerInput {
  @ApiProperty({ description: 'The answer, for the bank that asked.', minLength: 1, maxLength: 1000 }) @IsLine(1, 1000)
  answer: string;
}
