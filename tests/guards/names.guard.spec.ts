import { Kind, parse } from 'graphql';
import { read, services } from './sources.js';

/** The rows of the glossary's tables: `English | Chinese | meaning`. Several words of one row are separated by commas. */
const rowsOf = (glossary: string): { english: string[]; chinese: string[] }[] => glossary.split('\n')
  .filter((line) => /^\|(?! *-)(?! English )/.test(line))
  .map((line) => line.split('|').slice(1, 3).map(wordsOf))
  .map(([english, chinese]) => ({ english: english.map((word) => word.toLowerCase().replaceAll('-', ' ')), chinese }));

const wordsOf = (cell: string): string[] => cell.replaceAll(/[（(].*?[)）]/g, '').split(/[,，、]/).map((word) => word.trim()).filter(Boolean);

/** What a type may add to a term without becoming another thing: what of it, how much of it, what was done with it. */
const plain = ['kind', 'state', 'code', 'counts', 'page', 'batch', 'credentials', 'registered', 'submitted'];

const typeNames = (sdl: string): string[] => parse(sdl).definitions.flatMap((node) =>
  (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.ENUM_TYPE_DEFINITION) && !['Query', 'Mutation'].includes(node.name.value)
    ? [node.name.value.replace(/(Connection|Edge)$/, '')] : []);

/** `PushListEntry` as words, made up of terms of the glossary one after the other? */
function isMadeOfTerms(name: string, terms: Set<string>): boolean {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().split(' ');
  const reach = [true];
  for (let end = 1; end <= words.length; end += 1) {
    reach[end] = words.some((_, start) => start < end && reach[start] && terms.has(words.slice(start, end).join(' ')));
  }
  return reach[words.length];
}

const unknownNames = (names: string[], glossary: string): string[] => {
  const terms = new Set([...rowsOf(glossary).flatMap(({ english }) => english), ...plain]);
  return [...new Set(names)].filter((name) => !isMadeOfTerms(name, terms)).sort();
};

const twice = (words: string[]): string[] => words.filter((word, at) => words.indexOf(word) !== at);
const doubleTerms = (glossary: string): string[] => {
  const rows = rowsOf(glossary);
  return [...twice(rows.flatMap(({ english }) => english)), ...twice(rows.flatMap(({ chinese }) => chinese))];
};

describe('names', () => {
  const glossary = (): string => read('docs/glossary.md');

  it('of the graph are in the glossary', () => {
    expect(unknownNames(services.flatMap((service) => typeNames(read(`apps/${service}/generated/schema.graphql`))), glossary())).toEqual([]);
  });

  it('have one English word per Chinese term and the other way round', () => expect(doubleTerms(glossary())).toEqual([]));

  const small = '| English | Chinese | meaning |\n| --- | --- | --- |\n| push list | 推送名单 | x |\n| entry, row | 条目（行） | x |\n';
  it('bite: a word that is not there', () => {
    expect(typeNames('type PushListConnection { a: Int } enum Colour { RED } type Query { a: Int }')).toEqual(['PushList', 'Colour']);
    expect(unknownNames(['PushList', 'PushListEntry', 'Row', 'RowCounts'], small)).toEqual([]);
    expect(unknownNames(['Push', 'PushEntry', 'Harbor', 'PushList'], small)).toEqual(['Harbor', 'Push', 'PushEntry']);
  });

  it('bite: a term that is there twice', () => {
    expect(doubleTerms(small)).toEqual([]);
    expect(doubleTerms(`${small}| list | 推送名单 | y |\n`)).toEqual(['推送名单']);
    expect(doubleTerms(`${small}| Push list | 名单 | y |\n`)).toEqual(['push list']);
  });
});
