import { Property } from '@finharbor/platform/subgraph/property';
import { ObjectType } from '@nestjs/graphql';
import { Application } from '../applications/application.entity.js';
import { Match } from '../matching/match.entity.js';
import { Demand } from './demand.entity.js';

@ObjectType({ description: 'What a business gets back for its demand.' })
export class SubmittedDemand {
  @Property(() => Demand, { description: 'The demand.' })
  demand: Demand;

  @Property(() => Application, { description: 'The application that the demand is the first of, with all that is missing.' })
  application: Application;

  @Property(() => String, { description: 'Opens demand and application, as the header Access-Secret. Shown this once.' })
  accessSecret: string;

  @Property(() => [Match], { description: 'Every product on offer with a reason per rule, best first. The enterprise chooses.' })
  matches: Match[];
}
