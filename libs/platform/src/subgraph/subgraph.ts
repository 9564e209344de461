import { randomUUID } from 'node:crypto';
import { DomainError } from '@finharbor/contracts/errors';
import { firstDeniedField, mayReadType } from '@finharbor/security/authorisation/policy';
import type { Role } from '@finharbor/security/tokens/caller';
import type { DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusFederationDriver, type MercuriusFederationDriverConfig } from '@nestjs/mercurius';
import type { FastifyRequest } from 'fastify';
import { type DocumentNode, GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { toDomainError } from '../errors/to-domain-error.js';
import { contextOf } from '../http/request-context.js';
import type { Context } from '../logs/context.js';
import { LOGGER } from '../logs/token.js';
import { Decimal, LocalDate } from './scalars.js';

/** What resolvers find in their GraphQL context. */
export interface SubgraphContext {
  request: Context;
}

/** Federation 2.3: newer versions of the specification are unknown to the offline composer. */
export const federation = {
  version: 2,
  importUrl: 'https://specs.apollo.dev/federation/v2.3',
  directives: ['@key', '@shareable', '@external', '@extends'],
} as const;

/** The service's part of the graph, at /graphql, for the gateway alone. */
export function subgraph(): DynamicModule {
  return GraphQLModule.forRootAsync<MercuriusFederationDriverConfig>({
    driver: MercuriusFederationDriver,
    inject: [LOGGER],
    useFactory: (logger: Logger) => ({
      autoSchemaFile: { federation: federation as never },
      federationMetadata: true,
      transformSchema: restoreScalars,
      graphiql: false,
      path: '/graphql',
      // Beyond what the gateway lets through, for the case that something else gets in.
      queryDepth: 20,
      context: (request: FastifyRequest) => ({ request: contextOf(request) }),
      errorFormatter: (execution: { data?: unknown; errors?: readonly GraphQLError[] }) => ({
        statusCode: 200,
        response: { data: execution.data ?? null, errors: execution.errors?.flatMap((error) => formatErrors(error, logger)) },
      }),
      hooks: {
        preExecution: async (schema: GraphQLSchema, document: DocumentNode, context: unknown, variables: unknown) =>
          authorise(schema, document, variables, (context as SubgraphContext).request.caller!),
      },
    }) as MercuriusFederationDriverConfig,
  });
}

/** Nest builds the federated schema from its printed form, in which a scalar is but a name: nothing would check a value. */
function restoreScalars(schema: GraphQLSchema): GraphQLSchema {
  for (const { name, serialize, parseValue, parseLiteral } of [Decimal, LocalDate]) {
    const type = schema.getType(name);
    if (type) Object.assign(type, { serialize, parseValue, parseLiteral });
  }
  return schema;
}

function authorise(schema: GraphQLSchema, document: DocumentNode, variables: unknown, { role }: { role: Role }): void {
  const denied = firstDeniedField(schema, document, role) ?? representedTypes(variables).find((type) => !mayReadType(role, type));
  if (denied) throw graphqlError(new DomainError('FORBIDDEN', `This role may not read ${denied}.`));
}

/** The types of the records that a request names for `_entities`. */
const representedTypes = (variables: unknown): string[] =>
  Object.values(variables ?? {}).flat().flatMap((one: { __typename?: unknown } | null) => (typeof one?.__typename === 'string' ? [one.__typename] : []));

const graphqlError = (error: DomainError): GraphQLError =>
  new GraphQLError(error.message, { extensions: { code: error.code, errors: error.errors } });

function formatErrors(error: GraphQLError, logger: Logger): GraphQLFormattedError[] {
  if (typeof error.extensions?.code === 'string' && !error.originalError) return [error.toJSON()];
  const { path, originalError } = error;
  if (!originalError) return [unfit(error)];
  // Mercurius keeps what is wrong with a document or its variables in a list of its own.
  const { errors } = originalError as { errors?: GraphQLError[] };
  if (Array.isArray(errors) && !(originalError instanceof DomainError)) return errors.map(unfit);
  const known = toDomainError(originalError);
  if (known) return [{ message: known.message, path, extensions: { code: known.code, errors: known.errors } }];
  const errorId = randomUUID();
  logger.error({ err: originalError, errorId }, 'unexpected error');
  return [{ message: `Something went wrong here. Tell the operator this id: ${errorId}`, path, extensions: { code: 'INTERNAL' } }];
}

const unfit = ({ message, locations, path }: GraphQLError): GraphQLFormattedError =>
  ({ message, locations, path, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
