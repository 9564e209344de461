import { DomainError, notFound } from '@finharbor/contracts/errors';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { IsNull } from 'typeorm';
import { type EndpointState, WebhookEndpoint } from './webhook-endpoint.entity.js';

/**
 * Takes hold of an endpoint for a change. NOT_FOUND for what is not the caller's; ILLEGAL_STATE, naming its state, unless it is in one
 * of `allowed`.
 */
export async function lockEndpoint(tx: Tx, id: string, allowed?: { states: EndpointState[]; to: string }): Promise<WebhookEndpoint> {
  const endpoint = await tx.manager.findOne(WebhookEndpoint, { where: { id, deletedAt: IsNull() }, lock: { mode: 'pessimistic_write' } });
  if (!endpoint) throw notFound('webhook endpoint');
  if (allowed && !allowed.states.includes(endpoint.state)) {
    throw new DomainError('ILLEGAL_STATE', `The endpoint is ${endpoint.state} and cannot ${allowed.to}.`);
  }
  return endpoint;
}

/** Changes an endpoint that is held, and its version with it. */
export async function changeEndpoint(tx: Tx, endpoint: WebhookEndpoint, change: Partial<WebhookEndpoint>): Promise<void> {
  Object.assign(endpoint, change, { version: endpoint.version + 1 });
  await tx.manager.update(WebhookEndpoint, { id: endpoint.id }, { ...change, version: endpoint.version });
}
