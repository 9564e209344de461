import { readFileSync } from 'node:fs';
import {
  buildSchema, getNamedType, type GraphQLField, type GraphQLObjectType, type GraphQLSchema,
  isEnumType, isLeafType, isObjectType, isRequiredArgument,
} from 'graphql';

/** Whether somebody may read a field of a type. */
export type May = (type: string, field: string) => boolean;

const isWrapper = (type: string): boolean => /(Connection|Edge)$|^PageInfo$/.test(type);

/** The graph as clients see it, and the ways through it. Built from the committed supergraph, so that a new field is walked at once. */
export class GraphWalk {
  private readonly schema: GraphQLSchema;

  constructor(sdl = readFileSync(new URL('../../../apps/gateway/generated/supergraph.graphql', import.meta.url), 'utf8')) {
    this.schema = buildSchema(sdl, { assumeValid: true });
  }

  /**
   * Every type that holds facts: what pages are made of comes along with what they hold. What only a mutation answers with, or a
   * question that must be told something, is no record that could be come upon.
   */
  get types(): string[] {
    return this.all.filter((name) => this.wayTo(name, () => true) !== undefined);
  }

  /** Types that other services refer to, or that this one adds to. */
  get referable(): string[] {
    return this.all.filter((type) => this.directivesOf(type).includes('@key'));
  }

  private get all(): string[] {
    return Object.values(this.schema.getTypeMap())
      .filter((type) => isObjectType(type) && !/^(__|join__|Query$|Mutation$)/.test(type.name) && !isWrapper(type.name)).map(({ name }) => name);
  }

  directivesOf(type: string): string {
    return (this.schema.getType(type)?.astNode?.directives ?? []).map(({ name }) => `@${name.value}`).join(' ');
  }

  fieldsOf(type: string): string[] {
    return this.fields(type).map(({ name }) => name);
  }

  /** Whether a field must be told something: then the walk must know what. */
  needsArguments(type: string, name: string): boolean {
    return this.field(type, name).args.some(isRequiredArgument);
  }

  isDefined(type: string): boolean {
    return this.schema.getType(type) !== undefined;
  }

  /** Of every field of every type, each once. */
  argumentNames(): string[] {
    const all = [...this.types, 'Query', 'Mutation'].flatMap((type) => this.fields(type).flatMap(({ args }) => args.map(({ name }) => name)));
    return [...new Set(all)];
  }

  /** What a list may be narrowed to: one argument for each value of each enumeration, and for what is not so by itself. */
  filtersOf(type: string, name: string): string[] {
    return this.field(type, name).args.flatMap(({ name: argument, type: given }) => {
      const inner = getNamedType(given);
      const values = isEnumType(inner) ? inner.getValues().map(({ name: value }) => value) : inner.name === 'Boolean' ? ['true'] : [];
      return values.map((value) => `${argument}: ${value}`);
    });
  }

  typeOf(type: string, name: string): string {
    return getNamedType(this.field(type, name).type).name;
  }

  /** All plain fields of a type that may be read, and so many levels of those that are objects. */
  selection(type: string, may: May, levels: number): string {
    return this.fields(type).filter(({ name }) => may(type, name)).map((field) => this.chosen(field, may, levels)).filter(Boolean).join(' ');
  }

  /** One field with something below it, which may be read or not. */
  chosen({ name, type }: Pick<GraphQLField<unknown, unknown>, 'name' | 'type'>, may: May, levels: number): string {
    const inner = getNamedType(type);
    if (isLeafType(inner)) return name;
    if (levels === 0 && !isWrapper(inner.name)) return '';
    const below = this.selection(inner.name, may, isWrapper(inner.name) ? levels : levels - 1);
    return below && `${name} { ${below} }`;
  }

  /** A field by its name, with all plain fields below it. */
  one(type: string, name: string): string {
    return this.chosen(this.field(type, name), () => true, 1) || `${name} { __typename }`;
  }

  /** The shortest way from the roots without arguments to a type, along fields that may be read; undefined where none leads there. */
  wayTo(wanted: string, may: May): string[] | undefined {
    const reached = new Set(['Query']);
    let ways: { type: string; path: string[] }[] = [{ type: 'Query', path: [] }];
    while (ways.length > 0) {
      const next: typeof ways = [];
      for (const { type, path } of ways) {
        if (type === wanted) return path;
        for (const field of this.fields(type)) {
          const to = getNamedType(field.type);
          if (!isObjectType(to) || reached.has(to.name) || field.args.some(isRequiredArgument) || !may(type, field.name)) continue;
          reached.add(to.name);
          next.push({ type: to.name, path: [...path, field.name] });
        }
      }
      ways = next;
    }
    return undefined;
  }

  /** What is asked for at the end of a way from the roots: of a list there only so many, or the query would cost too much. */
  along([root, ...below]: readonly string[], asked: string): string {
    return along([this.isPaged(root) ? `${root}(first: ${below.length > 6 ? 3 : 20})` : root, ...below], asked);
  }

  /** Whether a root field gives pages; another list is given whole. */
  isPaged(root: string): boolean {
    return this.field('Query', root).args.some(({ name }) => name === 'first');
  }

  private field(type: string, name: string): GraphQLField<unknown, unknown> {
    return (this.schema.getType(type) as GraphQLObjectType).getFields()[name];
  }

  private fields(type: string): GraphQLField<unknown, unknown>[] {
    return Object.values((this.schema.getType(type) as GraphQLObjectType).getFields());
  }
}

/** What is asked for at the end of a way. */
export const along = (path: readonly string[], asked: string): string => path.reduceRight((inner, name) => `${name} { ${inner} }`, asked);

/** What an answer holds at the end of a way, lists laid out flat, what is null left out. */
export function found(data: unknown, path: readonly string[]): unknown[] {
  const below = (one: unknown, name: string): unknown => (one as Record<string, unknown>)[name] ?? [];
  return path.reduce<unknown[]>((all, name) => all.flatMap((one) => below(one, name)).filter((one) => one !== null), [data]);
}
