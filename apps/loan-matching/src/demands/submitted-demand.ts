import { Property } from '@finharbor/platform/subgraph/property';
import { ObjectType } from '@nestjs/graphql';
import { Match } from '../matching/match.entity.js';
import { Demand } from './demand.entity.js';

@ObjectType({ description: 'What a business gets back for its demand.' })
export class SubmittedDemand {
  @Property(() => Demand, { description: 'The demand.' })
  demand: Demand;

  @Property(() => String, { description: 'Opens the demand, as the header Access-Secret. Shown this once.' })
  accessSecret: string;

  @Property(() => [Match], { description: 'Every product on offer with a reason per rule, best first. The enterprise chooses.' })
  matches: Match[];
}
