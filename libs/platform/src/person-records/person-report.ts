import { serviceNames } from '@finharbor/contracts/services';
import { ID } from '@nestjs/graphql';
import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { Property } from '../subgraph/property.js';
import { ReasonInput } from './contact.js';

/** Whom it is about, and why. It is in the body, since addresses of requests are logged. */
export class PersonInput extends ReasonInput {
  @ApiProperty({ description: 'A phone number or mail address of the person, as it was ever stated; blanks, dashes and +86 do not matter.', example: '13800000000' })
  @IsString()
  @Length(3, 254)
  identifier: string;
}

export class PersonText {
  @Property(() => String, { description: 'What it is, such as contact_phone.' })
  column: string;
  @Property(() => String, { description: 'The text in the clear.' })
  text: string;
}

export class PersonRecord {
  @Property(() => String, { description: 'What kind of record it is, by its table.' })
  table: string;
  @Property(() => ID, { description: 'Id of the record.' })
  id: string;
  @Property(() => String, { description: 'The organisation that holds it; `programme` where the whole programme does.' })
  organisationId: string;
  @Property(() => [PersonText], { description: 'What it holds on the person. Empty in the answer to an erasure.' })
  texts: PersonText[];
}

export class PersonReport {
  @Property(() => String, { description: `The service: one of ${serviceNames.join(', ')}.` })
  service: string;
  @Property(() => Boolean, { description: 'False while what an earlier version encrypted is not encrypted anew: something may be missing. Ask again.' })
  complete: boolean;
  @Property(() => [PersonRecord], { description: 'Every record on the person.' })
  records: PersonRecord[];
}

export class PersonErasure extends PersonReport {}

export class FieldKeyRows {
  @Property(() => String, { description: 'The table.' })
  table: string;
  @Property(() => Number, { description: 'Rows that are not under the current key and suite yet.' })
  rows: number;
}

export class FieldKeyStatus {
  @Property(() => String, { description: 'The service.' })
  service: string;
  @Property(() => String, { description: 'Name of the key that encrypts now: the first of FIELD_KEYS.' })
  key: string;
  @Property(() => String, { description: 'AES or SM4 (FIELD_SUITE).' })
  suite: string;
  @Property(() => [FieldKeyRows], { description: 'What is left to encrypt anew. When all are 0 everywhere, the other keys of FIELD_KEYS may go.' })
  left: FieldKeyRows[];
}
