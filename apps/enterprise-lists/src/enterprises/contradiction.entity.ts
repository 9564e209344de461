import { Hidden, Property } from '@finharbor/platform/subgraph/property';
import { ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Entity } from 'typeorm';

/** Fields of an enterprise that sources may contradict each other in, and that precedence is said of; as `mergedFields` has them. */
export enum MasterField {
  NAME = 'name', KIND = 'kind', ENTITY_TYPE = 'entityType', ESTABLISHED_ON = 'establishedOn', REGISTERED_CAPITAL = 'registeredCapital',
  BUSINESS_SCOPE = 'businessScope', DISTRICT = 'district', ADDRESS = 'address', INDUSTRY_CODE = 'industryCode', EMPLOYEES = 'employees',
  REVENUE = 'revenue', ASSETS = 'assets', IS_PRIVATE = 'isPrivate', REGISTRATION_STATUS = 'registrationStatus',
}

export enum ContradictionState {
  OPEN = 'OPEN',
  RESOLVED = 'RESOLVED',
}

registerEnumType(MasterField, { name: 'MasterField', description: 'A field of an enterprise that several sources may state.' });
registerEnumType(ContradictionState, { name: 'ContradictionState', description: 'Whether somebody chose a source.' });

@ObjectType({ description: 'What one of the sources states.' })
export class ContradictingWord {
  @Property(() => ID, { description: 'The department.' }) source: string;
  @Property(() => String, { description: 'What it states, as text.' }) value: string;
  @Property(() => String, { description: 'When it stated it.' }) at: string;
  @Property(() => ID, { description: 'The row of its list.' }) entryId: string;
}

/** Sources of one rank that state different values of a field (信息冲突). The newest counts until somebody chooses. */
@ObjectType({ description: 'Sources of one rank state different values of a field. The newest counts until a supervisor chooses one; the choice holds until they state others.' })
@Entity({ schema: 'enterprise_lists', name: 'contradictions' })
export class Contradiction {
  @Property(() => ID, { description: 'Id of the contradiction.', column: { primary: true } }) id: string;
  @Property(() => ID, { description: 'The enterprise.', column: {} }) enterpriseId: string;
  @Property(() => String, { description: 'The field, as MasterField has it.', column: {} }) field: string;
  @Property(() => ContradictionState, { description: 'Whether somebody chose.', enum: ContradictionState, enumName: 'ContradictionState', column: {} })
  state: ContradictionState;

  @Property(() => [ContradictingWord], { description: 'What each source states.', column: { type: 'jsonb', array: false } }) stated: ContradictingWord[];
  @Property(() => ID, { description: 'The source that was chosen.', nullable: true, column: {} }) chosenSource: string | null;
  @Property(() => String, { description: 'Why.', nullable: true, column: {} }) reason: string | null;
  @Property(() => Date, { description: 'When these values first met.', column: {} }) openedAt: Date;
  @Property(() => Date, { description: 'When a source was chosen.', nullable: true, column: {} }) resolvedAt: Date | null;
  @Hidden({ type: 'integer' }) version: number;
}
