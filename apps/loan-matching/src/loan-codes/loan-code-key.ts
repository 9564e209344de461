import { Property } from '@finharbor/platform/subgraph/property';
import { ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'A key that signs loan codes, without its private part.' })
export class LoanCodeKey {
  @Property(() => String, { description: 'Its name: the thumbprint (RFC 7638).' })
  kid: string;

  @Property(() => Date, { description: 'When it was made. The latest key signs; the others verify what they signed.' })
  createdAt: Date;
}
