import type { ServiceName } from '@finharbor/contracts/services';
import { type EnumValueDefinitionNode, Kind, parse, print, type StringValueNode, visit } from 'graphql';

/**
 * The committed supergraph as this process serves it: with the services where they are, and with nullable root fields,
 * so that a service that is away takes its own root fields along and not the whole answer (architecture.md rule 10).
 */
export function localSupergraph(supergraph: string, urls: Readonly<Record<ServiceName, string>>): string {
  return print(visit(parse(supergraph), {
    [Kind.ENUM_TYPE_DEFINITION]: (node) => (node.name.value === 'join__Graph' ? { ...node, values: node.values?.map((value) => locate(value, urls)) } : undefined),
    [Kind.OBJECT_TYPE_DEFINITION]: (node) => (node.name.value === 'Query' || node.name.value === 'Mutation'
      ? { ...node, fields: node.fields?.map((field) => (field.type.kind === Kind.NON_NULL_TYPE ? { ...field, type: field.type.type } : field)) }
      : undefined),
  }));
}

function locate(graph: EnumValueDefinitionNode, urls: Readonly<Record<string, string>>): EnumValueDefinitionNode {
  return visit(graph, {
    [Kind.DIRECTIVE]: (directive) => {
      const value = (name: string): string | undefined => (directive.arguments?.find((one) => one.name.value === name)?.value as StringValueNode)?.value;
      const service = value('name') ?? '';
      if (!urls[service]) throw new Error(`The supergraph names ${service}, which is no service.`);
      return { ...directive, arguments: directive.arguments?.map((one) =>
        (one.name.value === 'url' ? { ...one, value: { kind: Kind.STRING, value: `${urls[service]}/graphql` } } : one)) };
    },
  });
}
