import type { EligibilityDocument } from '@finharbor/contracts/eligibility/condition';
import type { PropertyOptions } from '@finharbor/platform/subgraph/property';
import { GraphQLError, GraphQLScalarType } from 'graphql';

/** A document of the language of eligibility, as it is (docs/eligibility.md). Only ever given out, by the graph. */
export const DocumentScalar = new GraphQLScalarType<EligibilityDocument, EligibilityDocument>({
  name: 'EligibilityDocument',
  description: 'Rules in the language of docs/eligibility.md: {"v": 1, "rules": [...]}.',
  serialize: (value) => value as EligibilityDocument,
  parseValue: () => { throw new GraphQLError('The graph takes no eligibility.'); },
});

/** How OpenAPI describes it. */
export const documentApi: PropertyOptions['api'] = {
  type: 'object', additionalProperties: true, example: { v: 1, rules: [{ fact: 'taxGrade', in: ['A', 'B'] }] },
};
