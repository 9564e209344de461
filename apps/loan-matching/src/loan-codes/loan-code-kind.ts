import { registerEnumType } from '@nestjs/graphql';

/** What a loan code stands for. The order is part of the signed form: new kinds go to the end, at most 16. */
export enum LoanCodeKind {
  /** The harbor itself. */
  HARBOR = 'HARBOR',
  /** An outlet of its bank (网点). */
  OUTLET = 'OUTLET',
  /** A street or town (街道). */
  STREET = 'STREET',
  /** A park, market or building (园区、专业市场、楼宇). */
  PARK = 'PARK',
  /** An officer on the road: a client manager or grid officer (网格员). */
  OFFICER = 'OFFICER',
  /** A campaign with an end. */
  CAMPAIGN = 'CAMPAIGN',
  /** One poster. */
  POSTER = 'POSTER',
}

registerEnumType(LoanCodeKind, { name: 'LoanCodeKind', description: 'What a loan code stands for.' });
