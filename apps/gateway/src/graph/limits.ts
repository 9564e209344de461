import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';

/** What one query may ask for. The services bound the size of each page. */
export const limits = { characters: 20_000, tokens: 2_000, depth: 12, rootFields: 20, aliases: 50, fields: 1_000 };

interface Size {
  depth: number;
  /** Fields of the selection itself, those of its fragments included. */
  width: number;
  aliases: number;
  fields: number;
}

const nothing: Size = { depth: 0, width: 0, aliases: 0, fields: 0 };

/** The first limit that a document breaks, in words, or undefined. Fragments count wherever they are spread. */
export function brokenLimit(document: DocumentNode): string | undefined {
  const measure = new Measure(document);
  for (const operation of document.definitions) {
    if (operation.kind !== Kind.OPERATION_DEFINITION) continue;
    const size = measure.set(operation.selectionSet);
    if (size.depth > limits.depth) return `The query is more than ${limits.depth} levels deep.`;
    if (size.width > limits.rootFields) return `The query has more than ${limits.rootFields} root fields.`;
    if (size.aliases > limits.aliases) return `The query has more than ${limits.aliases} aliases.`;
    if (size.fields > limits.fields) return `The query has more than ${limits.fields} fields.`;
  }
  return undefined;
}

/** Introspection is as deep as it is; graphql-js bounds what of it is dangerous. */
const isIntrospection = (name: string): boolean => name === '__schema' || name === '__type';

class Measure {
  private readonly fragments: Map<string, FragmentDefinitionNode>;
  private readonly known = new Map<string, Size>();

  constructor(document: DocumentNode) {
    const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
    this.fragments = new Map(fragments.map((one) => [one.name.value, one]));
  }

  set(set: SelectionSetNode): Size {
    return set.selections.map((selection) => this.selection(selection)).reduce((sum, one) => ({
      depth: Math.max(sum.depth, one.depth),
      width: sum.width + one.width,
      aliases: sum.aliases + one.aliases,
      fields: sum.fields + one.fields,
    }), nothing);
  }

  private selection(node: SelectionNode): Size {
    if (node.kind === Kind.FRAGMENT_SPREAD) return this.fragment(node.name.value);
    const inner = node.selectionSet ? this.set(node.selectionSet) : nothing;
    if (node.kind === Kind.INLINE_FRAGMENT) return inner;
    return {
      depth: isIntrospection(node.name.value) ? 1 : inner.depth + 1,
      width: 1,
      aliases: inner.aliases + (node.alias ? 1 : 0),
      fields: inner.fields + 1,
    };
  }

  /** Measured once, so that fragments in fragments cost no more to measure than to write. A circle is left to validation. */
  private fragment(name: string): Size {
    const known = this.known.get(name);
    if (known) return known;
    this.known.set(name, nothing);
    const fragment = this.fragments.get(name);
    const size = fragment ? this.set(fragment.selectionSet) : nothing;
    this.known.set(name, size);
    return size;
  }
}
