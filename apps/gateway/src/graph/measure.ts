import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';
import type { LimitRule, Limits } from './limits.js';

/** How large an operation is, by itself: before anything is known of the schema or the variables. */
interface Size {
  depth: number;
  /** Fields of the selection itself, those of its fragments included. */
  width: number;
  aliases: number;
  directives: number;
  fields: number;
}

const nothing: Size = { depth: 0, width: 0, aliases: 0, directives: 0, fields: 0 };

export interface Breach {
  rule: LimitRule;
  most: number;
  asked: number;
}

/** The first limit that an operation of the document breaks, or undefined. Fragments count wherever they are spread. */
export function brokenLimit(document: DocumentNode, limits: Limits): Breach | undefined {
  const measure = new Measure(document);
  for (const operation of document.definitions) {
    if (operation.kind !== Kind.OPERATION_DEFINITION) continue;
    const size = measure.set(operation.selectionSet);
    const of = (rule: LimitRule, asked: number, most: number): Breach => ({ rule, asked, most });
    const broken = [
      of('queryDepth', size.depth, limits.GRAPHQL_MAX_DEPTH),
      of('queryRootFields', size.width, limits.GRAPHQL_MAX_ROOT_FIELDS),
      of('queryAliases', size.aliases, limits.GRAPHQL_MAX_ALIASES),
      of('queryDirectives', size.directives + (operation.directives?.length ?? 0), limits.GRAPHQL_MAX_DIRECTIVES),
      of('queryFields', size.fields, limits.GRAPHQL_MAX_FIELDS),
    ].find(({ asked, most }) => asked > most);
    if (broken) return broken;
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

  set(set: SelectionSetNode | undefined): Size {
    return (set?.selections ?? []).map((selection) => this.selection(selection)).reduce((sum, one) => ({
      depth: Math.max(sum.depth, one.depth),
      width: sum.width + one.width,
      aliases: sum.aliases + one.aliases,
      directives: sum.directives + one.directives,
      fields: sum.fields + one.fields,
    }), nothing);
  }

  private selection(node: SelectionNode): Size {
    const inner = node.kind === Kind.FRAGMENT_SPREAD ? this.fragment(node.name.value) : this.set(node.selectionSet);
    const directives = inner.directives + (node.directives?.length ?? 0);
    if (node.kind !== Kind.FIELD) return { ...inner, directives };
    return {
      depth: isIntrospection(node.name.value) ? 1 : inner.depth + 1,
      width: 1,
      aliases: inner.aliases + (node.alias ? 1 : 0),
      directives,
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
    const whole = { ...size, directives: size.directives + (fragment?.directives?.length ?? 0) };
    this.known.set(name, whole);
    return whole;
  }
}
