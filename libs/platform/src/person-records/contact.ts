import { ObjectType } from '@nestjs/graphql';
import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, Matches } from 'class-validator';
import { Property } from '../subgraph/property.js';

/** Why a caller looks at what is masked for it otherwise, or asks for a person's data. */
export class ReasonInput {
  @ApiProperty({ description: 'Why, for the audit trail. Name nobody in it.', minLength: 2, maxLength: 200 })
  @IsString()
  @Length(2, 200)
  @Matches(/^[^\p{Cc}]*\S[^\p{Cc}]*$/u, { message: '$property must be a line that is not blank' })
  reason: string;
}

@ObjectType({ description: 'A contact in the clear.' })
export class Contact {
  @Property(() => String, { description: 'Name.' })
  name: string;

  @Property(() => String, { description: 'Phone.' })
  phone: string;
}
