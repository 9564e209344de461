import type { ServiceName } from '@finharbor/contracts/services';
import {
  type ConstDirectiveNode, type EnumTypeDefinitionNode, Kind, type ObjectTypeDefinitionNode, parse, print, type StringValueNode, visit,
} from 'graphql';

/**
 * The committed supergraph as this process serves it: with the services where they are, and with nullable root fields,
 * so that a service that is away takes its own root fields along and not the whole answer (architecture.md rule 10).
 */
export function localSupergraph(supergraph: string, urls: Readonly<Record<ServiceName, string>>): string {
  return print(visit(parse(supergraph), {
    [Kind.ENUM_TYPE_DEFINITION]: (node) => (node.name.value === 'join__Graph' ? located(node, urls) : undefined),
    [Kind.OBJECT_TYPE_DEFINITION]: (node) => (['Query', 'Mutation'].includes(node.name.value) ? nullable(node) : undefined),
  }));
}

const nullable = (root: ObjectTypeDefinitionNode): ObjectTypeDefinitionNode => ({
  ...root, fields: root.fields?.map((field) => (field.type.kind === Kind.NON_NULL_TYPE ? { ...field, type: field.type.type } : field)),
});

const located = (graphs: EnumTypeDefinitionNode, urls: Readonly<Record<string, string>>): EnumTypeDefinitionNode => visit(graphs, {
  [Kind.DIRECTIVE]: (directive) => ({ ...directive, arguments: (directive as ConstDirectiveNode).arguments?.map((one) =>
    (one.name.value === 'url' ? { ...one, value: { kind: Kind.STRING, value: `${urlOf(directive as ConstDirectiveNode, urls)}/graphql` } } : one)) }),
});

function urlOf(directive: ConstDirectiveNode, urls: Readonly<Record<string, string>>): string {
  const { value: name } = directive.arguments?.find((one) => one.name.value === 'name')?.value as StringValueNode;
  if (!urls[name]) throw new Error(`The supergraph names ${name}, which is no service.`);
  return urls[name];
}
