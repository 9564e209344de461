import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { type Connection, connectionOf, toConnection } from '@finharbor/platform/http/page';
import type { SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Args, Context, ID, Mutation, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { CodeException } from './code-exception.entity.js';
import { CodeExceptionsService } from './code-exceptions.service.js';
import { Contradiction } from './contradiction.entity.js';
import { ContradictionsService } from './contradictions.service.js';
import { Enterprise } from './enterprise.entity.js';
import { loadEnterprise } from './enterprises.resolver.js';
import { EnterprisesService } from './enterprises.service.js';
import { ContradictionArgs, ResolveContradictionArgs } from './master.inputs.js';
import { PrecedenceRule } from './precedence-rule.entity.js';
import { PrecedenceService } from './precedence.service.js';

@ObjectType({ description: 'A page of contradictions.' })
export class ContradictionConnection extends connectionOf(Contradiction, 'Contradiction') {}

@Resolver(() => Contradiction)
export class MasterResolver {
  constructor(
    private readonly service: ContradictionsService, private readonly precedence: PrecedenceService,
    private readonly exceptions: CodeExceptionsService, private readonly enterprises: EnterprisesService,
  ) {}

  @Query(() => ContradictionConnection, { description: 'Fields that sources of one rank state differently, newest first.' })
  async contradictions(@CurrentCaller() caller: Caller, @Args() filter: ContradictionArgs): Promise<Connection<Contradiction>> {
    return toConnection(await this.service.list(caller, filter));
  }

  @Query(() => Contradiction, { nullable: true, description: 'One contradiction; null when there is none with this id.' })
  contradiction(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<Contradiction | null> {
    return this.service.find(caller, id);
  }

  @Mutation(() => Contradiction, { description: 'Lets one of the sources count from now on, until they state other values. May be chosen again.' })
  resolveContradiction(@CurrentCaller() caller: Caller, @Args() { id, ...choice }: ResolveContradictionArgs): Promise<Contradiction> {
    return this.service.resolve(caller, id, choice);
  }

  @Query(() => [PrecedenceRule], { description: 'Whose word counts for which field, by source and field.' })
  async precedenceRules(@CurrentCaller() caller: Caller): Promise<PrecedenceRule[]> {
    return (await this.precedence.list(caller)).rules;
  }

  @Query(() => [CodeException], { description: 'Credit codes that lists may hold although their check character is wrong, by code; those that were taken back included.' })
  async codeExceptions(@CurrentCaller() caller: Caller): Promise<CodeException[]> {
    return (await this.exceptions.list(caller)).exceptions;
  }

  @ResolveField(() => Enterprise, { nullable: true, description: 'The enterprise.' })
  enterprise(@Parent() { enterpriseId }: Contradiction, @Context() context: SubgraphContext): Promise<Enterprise | null> {
    return loadEnterprise(this.enterprises, context, enterpriseId);
  }
}
