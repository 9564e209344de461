import {
  type FieldNode, type FragmentDefinitionNode, getNamedType, type GraphQLField, type GraphQLNamedType, type GraphQLSchema, isCompositeType,
  isInterfaceType, isListType, isNonNullType, isObjectType, Kind, type OperationDefinitionNode, type SelectionSetNode, type ValueNode,
} from 'graphql';

/** How many rows a list without pages is taken to have, such as the trail of a demand. */
const listSize = 10;

/** What an operation might load at most. */
export interface Cost {
  /** Records, each counted as often as the pages above it have rows. What pages are made of is no record. */
  records: number;
  /** The largest `first` of any page. */
  pageSize: number;
}

type Variables = Readonly<Record<string, unknown>>;

/**
 * The cost of a validated operation: one for every record that it might load, where a page of `first` rows multiplies all that
 * is asked of its rows, and a list without pages counts as ten. Plain fields cost nothing, introspection too.
 */
export function costOf(
  schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: readonly FragmentDefinitionNode[], variables: Variables,
): Cost {
  const named = new Map(fragments.map((one) => [one.name.value, one]));
  const known = new Map<string, number>();
  let pageSize = 0;

  const setCost = (set: SelectionSetNode, parent: GraphQLNamedType | undefined): number =>
    set.selections.reduce((sum, node) => {
      if (node.kind === Kind.FIELD) return sum + fieldCost(node, parent);
      if (node.kind === Kind.FRAGMENT_SPREAD) return sum + fragmentCost(node.name.value);
      return sum + setCost(node.selectionSet, node.typeCondition ? schema.getType(node.typeCondition.name.value) : parent);
    }, 0);

  /** Counted once: what a fragment costs does not depend on where it is spread. */
  const fragmentCost = (name: string): number => {
    if (!known.has(name)) {
      const fragment = named.get(name)!;
      known.set(name, setCost(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value)));
    }
    return known.get(name)!;
  };

  const fieldCost = (node: FieldNode, parent: GraphQLNamedType | undefined): number => {
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const type = field && getNamedType(field.type);
    if (!field || !node.selectionSet || !isCompositeType(type)) return 0;
    const below = setCost(node.selectionSet, type);
    const first = rowsOf(node, field);
    if (first === undefined) return isPart(type) || isPart(parent!) ? below : (1 + below) * (isList(field) ? listSize : 1);
    pageSize = Math.max(pageSize, first);
    return first * (1 + below);
  };

  const rowsOf = (node: FieldNode, field: GraphQLField<unknown, unknown>): number | undefined => {
    const argument = field.args.find(({ name }) => name === 'first');
    if (!argument) return undefined;
    const given = valueOf(node.arguments?.find(({ name }) => name.value === 'first')?.value);
    const rows = Number(given ?? argument.defaultValue ?? 1);
    // What is no number, or none of rows, is refused by others; here it must not make anything cheaper.
    return rows >= 1 ? rows : 1;
  };

  const valueOf = (value: ValueNode | undefined): unknown => {
    if (value?.kind === Kind.INT) return value.value;
    if (value?.kind !== Kind.VARIABLE) return undefined;
    const name = value.name.value;
    const definition = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name);
    return variables[name] ?? valueOf(definition?.defaultValue);
  };

  const records = setCost(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
  return { records, pageSize };
}

/** What pages are made of: the page counts its rows, whatever is asked of them. */
const isPart = ({ name }: GraphQLNamedType): boolean => /(Connection|Edge)$|^PageInfo$/.test(name);

const isList = ({ type }: GraphQLField<unknown, unknown>): boolean => isListType(isNonNullType(type) ? type.ofType : type);
