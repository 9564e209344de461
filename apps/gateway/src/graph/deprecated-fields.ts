import { deprecations } from '@finharbor/contracts/deprecations';
import { type DocumentNode, type GraphQLSchema, Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql';

const known = new WeakMap<DocumentNode, string[]>();

/** The deprecated fields that a document asks for, as `Type.field`; looked for once per document, and only while there are any. */
export function deprecatedFields(schema: GraphQLSchema, document: DocumentNode): string[] {
  if (!Object.keys(deprecations).some((element) => /^\w+\.\w+$/.test(element))) return [];
  const seen = known.get(document) ?? find(schema, document);
  known.set(document, seen);
  return seen;
}

function find(schema: GraphQLSchema, document: DocumentNode): string[] {
  const info = new TypeInfo(schema);
  const found = new Set<string>();
  visit(document, visitWithTypeInfo(info, {
    [Kind.FIELD]: ({ name }) => {
      const element = `${info.getParentType()?.name}.${name.value}`;
      if (element in deprecations) found.add(element);
    },
  }));
  return [...found];
}
