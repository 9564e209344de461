import { Property } from '@finharbor/platform/subgraph/property';
import { LocalDate } from '@finharbor/platform/subgraph/scalars';
import { ID, Int } from '@nestjs/graphql';

/** What is kept of a request: never its path, query or body. */
export class RequestRecord {
  @Property(() => ID, { description: 'The id that the answer carried in Request-Id.' })
  id: string;

  @Property(() => Date, { description: 'When it came in.' })
  at: Date;

  @Property(() => String, { description: 'Its method.' })
  method: string;

  @Property(() => String, { description: 'The route that it took, with names in place of ids.' })
  route: string;

  @Property(() => Int, { description: 'The HTTP status of the answer.' })
  status: number;

  @Property(() => String, { nullable: true, description: 'The error code of the answer; of the graph, that of its first error.' })
  code: string | null;

  @Property(() => String, { nullable: true, description: 'The service that it was passed to; null where the gateway answered, as it does for the graph.' })
  service: string | null;

  @Property(() => Int, { description: 'How long the answer took, in milliseconds.' })
  milliseconds: number;

  @Property(() => String, { description: 'The role of the caller.' })
  role: string;

  @Property(() => ID, { nullable: true, description: 'The organisation of the caller.' })
  organisationId: string | null;

  @Property(() => ID, { nullable: true, description: 'Its API client; null for people.' })
  clientId: string | null;
}

/** How often somebody used it. */
export class DeprecationUse {
  @Property(() => ID, { nullable: true, description: 'The organisation; null for whoever came without a token.' })
  organisationId: string | null;

  @Property(() => ID, { nullable: true, description: 'Its API client; null for people.' })
  clientId: string | null;

  @Property(() => Int, { description: 'Requests in the last 30 days.' })
  usesLast30Days: number;

  @Property(() => Int, { description: 'Requests since it is deprecated.' })
  uses: number;

  @Property(() => LocalDate, { description: 'The day of the last one.' })
  lastUsedOn: string;
}

/** Something of the interfaces that goes away. */
export class Deprecation {
  @Property(() => String, { description: 'A route (`GET /v1/…`), a parameter (`GET /v1/…?name`), a field or value (`Type.field`), an event or its field.' })
  element: string;

  @Property(() => LocalDate, { description: 'Since when it is told.' })
  deprecatedAt: string;

  @Property(() => LocalDate, { description: 'From then on it may be gone.' })
  sunsetAt: string;

  @Property(() => String, { description: 'Where the change is described.' })
  link: string;

  @Property(() => String, { description: 'What to use instead.' })
  replacement: string;

  @Property(() => [DeprecationUse], { description: 'Uses of it by the own organisation; by all for the system administrator. Routes, parameters and fields of the graph.' })
  uses: DeprecationUse[];
}

export class DeprecationList {
  @Property(() => [Deprecation], { description: 'All of it; usually little or nothing.' })
  items: Deprecation[];
}
