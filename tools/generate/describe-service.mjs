// @ts-check
/**
 * Run as a process of its own for each service, since Nest keeps GraphQL types per process:
 * writes `{ graphql, openapi }` of the service named in the first argument into the file named in the
 * second, without a database or a network.
 */
import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { printSchemaWithDirectives } from '@graphql-tools/utils';

const [name, file] = process.argv.slice(2);
const { AppModule, resolvers } = await import(pathToFileURL(join(process.cwd(), 'apps', name, 'dist', 'app.module.js')).href);

const builder = await NestFactory.create(GraphQLSchemaBuilderModule, new FastifyAdapter(), { logger: ['error'] });
await builder.init();
const schema = await builder.get(GraphQLSchemaFactory).create(resolvers);
const graphql = printSchemaWithDirectives(schema);

// `preview` knows the routes without making what they stand on.
const app = await NestFactory.create(AppModule, new FastifyAdapter(), { preview: true, logger: ['error'], abortOnError: false });
const openapi = SwaggerModule.createDocument(app, new DocumentBuilder().setOpenAPIVersion('3.1.0').build(), {
  operationIdFactory: (controller, method) => `${controller[0].toLowerCase()}${controller.slice(1).replace(/Controller$/, '')}_${method}`,
});

writeFileSync(file, JSON.stringify({ graphql, openapi }));
process.exit(0);
