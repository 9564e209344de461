import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, IsUUID, Length } from 'class-validator';
import { type ClientRole, clientRoles } from './client-roles.js';

/** Makes a client for an organisation. */
export class CreateApiClientInput {
  @ApiProperty({ description: 'The organisation in whose name it calls.', format: 'uuid' })
  @IsUUID()
  organisationId: string;

  @ApiProperty({ enum: clientRoles, enumName: 'ClientRole', description: 'The role in which it calls; it must fit the kind of the organisation.' })
  @IsIn(clientRoles)
  role: ClientRole;

  @ApiProperty({ description: 'What it is called, for people.', example: '核心系统', minLength: 2, maxLength: 60 })
  @IsString() @Length(2, 60)
  name: string;
}
