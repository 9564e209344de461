import { ApiProperty } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import { IsLine } from '../checks.js';

/** Makes a loan code for a harbor. */
export class CreateLoanCodeInput {
  @ApiProperty({ description: 'The harbor. A bank makes codes for the harbors that it hosts.', format: 'uuid' }) @IsUUID()
  harborId: string;

  @ApiProperty({ description: 'Where it will hang or lie.', example: '大堂海报', minLength: 1, maxLength: 60 }) @IsLine(1, 60)
  label: string;
}
