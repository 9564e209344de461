import { ApiProperty } from '@nestjs/swagger';
import { IsString, IsUUID, Length } from 'class-validator';

/** Registers a harbor. */
export class RegisterHarborInput {
  @ApiProperty({ description: 'Name of the harbor.', example: '高笋塘金融服务港湾', minLength: 2, maxLength: 60 })
  @IsString() @Length(2, 60)
  name: string;

  @ApiProperty({ description: 'The outlet that carries it. Its bank becomes the host bank.', format: 'uuid' })
  @IsUUID()
  outletId: string;

  @ApiProperty({ description: 'Code of the street, town or functional zone that it serves.', example: '500101001' })
  @IsString() @Length(3, 12)
  areaCode: string;
}
