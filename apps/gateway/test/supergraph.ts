import { readFileSync } from 'node:fs';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { organisationsSdl } from './organisations-peer.js';

/** As tools/generate composes the services, on the harbors service's own schema and that of the peer. */
export function compose(): string {
  const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@external", "@extends"])\n';
  const harborsSdl = readFileSync(new URL('../../harbors/generated/schema.graphql', import.meta.url), 'utf8');
  const result = composeServices([
    { name: 'harbors', url: 'http://harbors.service/graphql', typeDefs: parse(link + harborsSdl) },
    { name: 'partners', url: 'http://partners.service/graphql', typeDefs: parse(link + organisationsSdl) },
  ]);
  if (!result.supergraphSdl) throw new Error(JSON.stringify(result.errors));
  return result.supergraphSdl;
}
