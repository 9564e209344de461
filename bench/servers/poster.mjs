// @ts-check
/** The limit of `webhooks`: undici alone, POSTing the same to as many addresses, so many at a time. Counts the answers. */
import { Agent, request } from 'undici';
import { report, serve } from './parent.mjs';

const agent = new Agent();
const headers = {
  'user-agent': 'FinHarbor-Webhooks/1', 'content-type': 'application/cloudevents+json', 'webhook-id': '0197c0de-0000-7000-8000-000000000001',
  'webhook-timestamp': '1614265330', 'webhook-signature': `v1a,${Buffer.alloc(64).toString('base64')}`,
};

serve(async (/** @type {{ urls: string[], body: string, each: number, concurrency: number }} */ { urls, body, each, concurrency }) => {
  const all = Array.from({ length: each }, () => urls).flat();
  const lane = async () => {
    for (let url = all.pop(); url; url = all.pop()) {
      const { body: answer } = await request(url, { method: 'POST', headers, body, dispatcher: agent });
      await answer.dump();
      report(1);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
});
