import { Directive, Field, ID, ObjectType } from '@nestjs/graphql';

/**
 * Records of other services as a service's part of the graph names them: by id, the rest is the owner's to tell.
 * Always nullable where they are used, so that one service down gives partial data (architecture.md rule 10).
 */
@ObjectType('Organisation')
@Directive('@extends')
@Directive('@key(fields: "id")')
export class OrganisationReference {
  @Field(() => ID)
  @Directive('@external')
  id: string;
}

@ObjectType('Outlet')
@Directive('@extends')
@Directive('@key(fields: "id")')
export class OutletReference {
  @Field(() => ID)
  @Directive('@external')
  id: string;
}

@ObjectType('Enterprise')
@Directive('@extends')
@Directive('@key(fields: "id")')
export class EnterpriseReference {
  @Field(() => ID)
  @Directive('@external')
  id: string;
}

@ObjectType('Product')
@Directive('@extends')
@Directive('@key(fields: "id")')
export class ProductReference {
  @Field(() => ID)
  @Directive('@external')
  id: string;
}

@ObjectType('Harbor')
@Directive('@extends')
@Directive('@key(fields: "id")')
export class HarborReference {
  @Field(() => ID)
  @Directive('@external')
  id: string;
}
