import { readFileSync } from 'node:fs';
import type { ServiceName } from '@finharbor/contracts/services';

/** The part of the merged OpenAPI document that the gateway routes by. */
export interface OpenApi {
  /** An operation of all services has `{service}` in its path instead of `x-service`. */
  paths: Record<string, Record<string, { 'x-service'?: ServiceName }>>;
}

/** What `npm run generate` made of the services and the repository holds: the gateway asks no service for it. */
export interface Documents {
  supergraph: string;
  openapi: OpenApi;
}

/** Injection token of the documents. */
export const DOCUMENTS = Symbol('DOCUMENTS');

const read = (name: string): string => readFileSync(new URL(`../generated/${name}`, import.meta.url), 'utf8');

export const committedDocuments = (): Documents => ({
  supergraph: read('supergraph.graphql'),
  openapi: JSON.parse(read('openapi.json')) as OpenApi,
});
