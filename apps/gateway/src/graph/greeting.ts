import { Kind, parse } from 'graphql';

/**
 * Whether a query is `{ __typename }`, all that the graph says without a token. Everything else that could tell something is
 * out: variables, fragments and directives too, since messages about them would name types.
 */
export function isGreeting(query: unknown): boolean {
  if (typeof query !== 'string' || query.length > 200) return false;
  try {
    return parse(query, { noLocation: true }).definitions.every((one) =>
      one.kind === Kind.OPERATION_DEFINITION && one.operation === 'query' && !one.variableDefinitions?.length && !one.directives?.length
      && one.selectionSet.selections.every((selection) =>
        selection.kind === Kind.FIELD && selection.name.value === '__typename'
        && !selection.arguments?.length && !selection.directives?.length && !selection.selectionSet));
  } catch {
    return false;
  }
}
