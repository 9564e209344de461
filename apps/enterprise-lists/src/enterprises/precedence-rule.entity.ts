import { Property } from '@finharbor/platform/subgraph/property';
import { ID, Int, ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'Whose word counts for a field: of several sources that of the highest rank, of one rank the newest. 0 where nothing is said.' })
export class PrecedenceRule {
  @Property(() => ID, { description: 'The department.' }) sourceId: string;
  @Property(() => String, { description: 'The field, as MasterField has it; `*` for all that nothing else is said of.' }) field: string;
  @Property(() => Int, { description: '-100 to 100.' }) rank: number;
}

@ObjectType({ description: 'All rules of precedence.' })
export class PrecedenceRules {
  @Property(() => [PrecedenceRule], { description: 'By source and field.' }) rules: PrecedenceRule[];
}
