import { randomBytes } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import { bodyOf } from '@finharbor/contracts/public-events/body';
import { CONFIG } from '@finharbor/platform/config/config';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { type WebhookSigner, webhookSigner } from '@finharbor/security/webhooks/webhook-keys';
import { Inject, Injectable } from '@nestjs/common';
import type { PartnersConfig } from '../../config.js';
import { Poster } from './poster.js';
import { Signers } from './signers.js';
import { signedHeaders } from './signed-headers.js';
import { webhookUrl } from './webhook-url.js';

/** What of an endpoint the challenge needs. */
export interface Challenged {
  id: string;
  organisationId: string;
  url: string;
}

/** Asks an endpoint whether it wants webhooks: who answers has read a text that only it was sent. */
@Injectable()
export class Challenge {
  constructor(
    @Inject(CONFIG) private readonly config: PartnersConfig,
    private readonly tenancy: Tenancy,
    private readonly signers: Signers,
    private readonly poster: Poster,
  ) {}

  /**
   * POSTs a signed `webhook.challenge`; it may take as long as a delivery may. Gives why the endpoint did not pass, in words for its owner;
   * undefined when it did. Not to be called in a transaction. @param secrets the keys of an endpoint that is not committed yet; those in
   * the database unless told
   */
  async challenge(endpoint: Challenged, secrets?: string[]): Promise<string | undefined> {
    const challenge = randomBytes(16).toString('base64url');
    const fact = { id: newId(), type: 'webhook.challenge', subject: `webhook-endpoint/${endpoint.id}`, time: new Date(), sequence: 1 };
    const body = bodyOf(this.config.PUBLIC_URL, { ...fact, recipient: endpoint.organisationId, data: { challenge } });
    const signers = secrets?.map(webhookSigner) ?? await this.signersOf(endpoint);
    let url: URL;
    try {
      url = webhookUrl(endpoint.url, this.config.SANDBOX);
    } catch (error) {
      return (error as Error).message;
    }
    const { status, error, text } = await this.poster.post(url, signedHeaders(fact.id, body, signers), body);
    if (error) return error;
    if (status! < 200 || status! > 299) return `It answered the challenge with ${status}.`;
    return text!.trim() === challenge ? undefined : 'Its answer is not the challenge.';
  }

  private signersOf(endpoint: Challenged): Promise<WebhookSigner[]> {
    return this.tenancy.worker(async (tx) => (await this.signers.of(tx, [endpoint])).get(endpoint.id) ?? [], { awaited: true });
  }
}
