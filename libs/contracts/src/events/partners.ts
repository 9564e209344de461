import { z } from 'zod';
import { OrganisationKind } from '../vocabulary.js';
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
    consumers: ['enterprise-lists', 'loan-matching', 'harbors'],
    payload: z.object({ organisationId: z.uuid(), kind: z.enum(OrganisationKind), name: z.string(), validFrom: z.iso.date() }),
  }),
  'outlet.registered': defineEvent({
    description: 'A bank named one of its outlets, which may come to carry a harbor.',
    producer: 'partners',
    consumers: ['harbors'],
    payload: z.object({ outletId: z.uuid(), organisationId: z.uuid(), name: z.string(), areaCode: z.string() }),
  }),
};
