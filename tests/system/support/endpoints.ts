import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@finharbor/contracts/ids';
import { until } from '@finharbor/testing/until';
import type { Mine } from './mine.js';
import { done, type Party } from './party.js';

/** Webhook endpoints of a bank in every state that matters, and something that was sent to one. */
export interface Endpoints {
  active: Mine;
  pausable: Mine;
  paused: Mine;
  pending: Mine;
  delivery: Mine;
}

/** Nothing of this type happens in the walk, so that nothing is on its way while tables are compared. */
const types = ['organisation.renamed'];

/** Answers every challenge, and takes everything else, for as long as the tests run. */
async function receiver(): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const { data } = JSON.parse(Buffer.concat(chunks).toString()) as { data: { challenge?: string } };
      response.end(data.challenge);
    });
  }).listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function test(bank: Party, { id }: Mine): Promise<Mine> {
  const delivery = done(await bank.post(`/v1/webhook-endpoints/${id}/test-events`, {})) as Mine;
  await until('a test event was delivered', async () => done(await bank.ask(`/v1/webhook-deliveries/${delivery.id}`)).state === 'DELIVERED');
  return delivery;
}

export async function makeEndpoints(bank: Party): Promise<Endpoints> {
  const url = await receiver();
  const make = async (at = url): Promise<Mine> => done(await bank.post('/v1/webhook-endpoints', { url: `${at}/${newId()}`, types }));
  const [active, pausable, paused, pending] = [await make(), await make(), await make(), await make('http://127.0.0.1:9')];
  done(await bank.post(`/v1/webhook-endpoints/${paused.id}/pause`));
  const [, delivery] = [await test(bank, active), await test(bank, active)];
  return { active, pausable, paused, pending, delivery };
}
