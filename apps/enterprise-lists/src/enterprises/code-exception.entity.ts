import { Property } from '@finharbor/platform/subgraph/property';
import { ObjectType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** A credit code whose check character is wrong and that was registered all the same (real ones exist, domain.md 3.1). */
@ObjectType({ description: 'A credit code that lists may hold although its check character is wrong, as a supervisor accepted it.' })
@Entity({ schema: 'enterprise_lists', name: 'code_exceptions' })
export class CodeException {
  @Property(() => String, { description: 'The code.', column: { primary: true } }) creditCode: string;
  @Property(() => String, { description: 'Why it is accepted.', column: {} }) reason: string;
  @Property(() => Date, { description: 'When it was accepted.', column: {} }) acceptedAt: Date;
  @Property(() => Date, { description: 'When that was taken back.', nullable: true, column: {} }) revokedAt: Date | null;
}

@ObjectType({ description: 'All credit codes that were accepted, those that were taken back included.' })
export class CodeExceptionList {
  @Property(() => [CodeException], { description: 'By code.' }) exceptions: CodeException[];
}
