import { randomUUID } from 'node:crypto';
import { DomainError } from '@finharbor/contracts/errors';
import { firstDeniedField } from '@finharbor/security/authorisation/policy';
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
      graphiql: false,
      path: '/graphql',
      context: (request: FastifyRequest) => ({ request: contextOf(request) }),
      errorFormatter: (execution: { data?: unknown; errors?: readonly GraphQLError[] }) => ({
        statusCode: 200,
        response: { data: execution.data ?? null, errors: execution.errors?.map((error) => formatError(error, logger)) },
      }),
      hooks: {
        preExecution: async (schema: GraphQLSchema, document: DocumentNode, context: unknown) => authorise(schema, document, context as SubgraphContext),
      },
    }) as MercuriusFederationDriverConfig,
  });
}

function authorise(schema: GraphQLSchema, document: DocumentNode, context: SubgraphContext): void {
  const { caller } = context.request;
  if (!caller) throw graphqlError(new DomainError('UNAUTHENTICATED'));
  const denied = firstDeniedField(schema, document, caller.role);
  if (denied) throw graphqlError(new DomainError('FORBIDDEN', `This role may not read ${denied}.`));
}

const graphqlError = (error: DomainError): GraphQLError =>
  new GraphQLError(error.message, { extensions: { code: error.code, errors: error.errors } });

function formatError(error: GraphQLError, logger: Logger): GraphQLFormattedError {
  if (typeof error.extensions?.code === 'string' && !error.originalError) return error.toJSON();
  const original = error.originalError;
  if (!original) return { ...error.toJSON(), extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } };
  const known = toDomainError(original);
  if (known) return { message: known.message, path: error.path, extensions: { code: known.code, errors: known.errors } };
  const errorId = randomUUID();
  logger.error({ err: original, errorId }, 'unexpected error');
  return { message: `Something went wrong here. Tell the operator this id: ${errorId}`, path: error.path, extensions: { code: 'INTERNAL' } };
}
