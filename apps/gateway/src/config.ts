import type { ServiceName } from '@finharbor/contracts/services';
import { processConfig } from '@finharbor/platform/config/config';
import { z } from 'zod';
import { limitSettings } from './graph/limits.js';

/** Where a service is, as an origin: the gateway adds the paths. */
const origin = z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin);

const milliseconds = z.coerce.number().int().min(1);

export const gatewayConfig = processConfig.extend({
  PARTNERS_URL: origin,
  ENTERPRISE_LISTS_URL: origin,
  PRODUCT_CATALOG_URL: origin,
  LOAN_MATCHING_URL: origin,
  FEEDBACK_URL: origin,
  HARBORS_URL: origin,
  /** How long a service may take until it begins to answer a REST request. */
  ANSWER_TIMEOUT_MS: milliseconds.default(10_000),
  /** How long a service may pause within an answer, or until it answers an upload. */
  STREAM_TIMEOUT_MS: milliseconds.default(60_000),
  /** How long a service may take for its part of a GraphQL query. */
  GRAPHQL_TIMEOUT_MS: milliseconds.default(5_000),
  ...limitSettings,
});

export type GatewayConfig = z.infer<typeof gatewayConfig>;

export const serviceUrls = (config: GatewayConfig): Record<ServiceName, string> => ({
  partners: config.PARTNERS_URL,
  'enterprise-lists': config.ENTERPRISE_LISTS_URL,
  'product-catalog': config.PRODUCT_CATALOG_URL,
  'loan-matching': config.LOAN_MATCHING_URL,
  feedback: config.FEEDBACK_URL,
  harbors: config.HARBORS_URL,
});
