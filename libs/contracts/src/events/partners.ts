import { z } from 'zod';
import { ConsentRecordKind, OrganisationKind, ReferenceDataKind } from '../vocabulary.js';
import { defineEvent } from './define-event.js';

export const partnersEvents = {
  'organisation.registered': defineEvent({
    description: 'An organisation joined the programme. Services keep its kind and present name.',
    producer: 'partners',
    consumers: ['enterprise-lists', 'loan-matching', 'harbors'],
    payload: z.object({ organisationId: z.uuid(), kind: z.enum(OrganisationKind), name: z.string() }),
  }),
  'organisation.renamed': defineEvent({
    description: 'An organisation bears another name from a day on. Permissions rest on its id, never on its name.',
    producer: 'partners',
    consumers: ['enterprise-lists', 'loan-matching', 'harbors', 'partners'],
    payload: z.object({ organisationId: z.uuid(), kind: z.enum(OrganisationKind), name: z.string(), validFrom: z.iso.date() }),
  }),
  'outlet.registered': defineEvent({
    description: 'A bank named one of its outlets, which may come to carry a harbor.',
    producer: 'partners',
    consumers: ['harbors'],
    payload: z.object({ outletId: z.uuid(), organisationId: z.uuid(), name: z.string(), areaCode: z.string() }),
  }),
  'consent.withdrawn': defineEvent({
    description: 'A consent holds no more: it was withdrawn, or its time is over. From then on nothing more is disclosed under it.',
    producer: 'partners',
    consumers: ['loan-matching', 'enterprise-lists', 'feedback', 'partners'],
    payload: z.object({
      consentId: z.uuid(),
      recordKind: z.enum(ConsentRecordKind),
      recordId: z.uuid(),
      /** Who was told under it; nobody yet where it is the intake. */
      recipientId: z.uuid(),
      cause: z.enum(['WITHDRAWN', 'EXPIRED']),
      withdrawnAt: z.iso.datetime(),
    }),
  }),
  'reference-data.changed': defineEvent({
    description: 'Reference data (calendar, regions, LPR, terms of clocks) were imported, at most 500 rows to an event. A row without data was withdrawn.',
    producer: 'partners',
    consumers: ['product-catalog', 'loan-matching', 'feedback', 'harbors', 'enterprise-lists'],
    payload: z.object({
      kind: z.enum(ReferenceDataKind),
      rows: z.array(z.object({ key: z.string(), data: z.record(z.string(), z.unknown()).nullable() })).max(500),
    }),
  }),
  'api-client.locked': defineEvent({
    description: 'A client was taken out of use for good: it gets no more tokens, and those that it holds are refused.',
    producer: 'partners',
    consumers: ['partners'],
    payload: z.object({ clientId: z.uuid(), organisationId: z.uuid() }),
  }),
  'sandbox-clock.advanced': defineEvent({
    description: 'In a sandbox: what is due to an organisation is due so much sooner, in every service that keeps clocks.',
    producer: 'partners',
    consumers: ['enterprise-lists', 'loan-matching', 'feedback'],
    payload: z.object({ seconds: z.int() }),
  }),
  'sandbox.reset': defineEvent({
    description: 'In a sandbox: what is open of an organisation is to be closed by the steps that it would take itself.',
    producer: 'partners',
    consumers: ['enterprise-lists', 'loan-matching'],
    payload: z.object({ organisationId: z.uuid() }),
  }),
  'api-client.keys-changed': defineEvent({
    description: 'The public keys with which a client may sign its requests are others now, or whether it must sign. All of them, each time.',
    producer: 'partners',
    consumers: ['enterprise-lists', 'loan-matching'],
    payload: z.object({
      clientId: z.string(), organisationId: z.uuid(), signatureRequired: z.boolean(),
      keys: z.array(z.object({
        kty: z.string(), crv: z.string(), x: z.string(), y: z.string().optional(), kid: z.string(), use: z.string().optional(),
      })),
    }),
  }),
};
