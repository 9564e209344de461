// @ts-check
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@external", "@extends"])\n';

/** Composes the supergraph offline from the services' schemas. @param {Map<string, string>} schemas SDL by service name */
export function composeSupergraph(schemas) {
  const result = composeServices([...schemas].map(([name, sdl]) => ({
    name, url: `http://${name}.service/graphql`, typeDefs: parse(link + sdl),
  })));
  if (result.errors) throw new Error(`The graph does not compose:\n${result.errors.map((error) => `  ${error.message}`).join('\n')}`);
  return `# Composed by npm run generate. The gateway replaces the urls by those of its configuration.\n${result.supergraphSdl}\n`;
}
