import { DomainError } from '@finharbor/contracts/errors';
import { newId } from '@finharbor/contracts/ids';
import { CurrentCaller } from '@finharbor/platform/http/caller.decorator';
import { connectionOf, type Connection, PageArgs, toConnection } from '@finharbor/platform/http/page';
import { LOGGER } from '@finharbor/platform/logs/token';
import { loadBatched } from '@finharbor/platform/subgraph/loaders';
import { LocalDate } from '@finharbor/platform/subgraph/scalars';
import { subgraph, type SubgraphContext } from '@finharbor/platform/subgraph/subgraph';
import type { Caller } from '@finharbor/security/tokens/caller';
import { type GraphqlAnswer, startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import type { TestDatabase } from '@finharbor/testing/database';
import { Module } from '@nestjs/common';
import { Args, ArgsType, Field, ID, ObjectType, Query, ResolveReference, Resolver } from '@nestjs/graphql';
import { IsOptional, IsString } from 'class-validator';
import { type Logger, symbols } from 'pino';
import { createDatabase, Effects, feedbackPlatform, idleHandlers, Issue, Notes } from './harness.js';

@ObjectType('IssueConnection', { description: 'A page of notes.' })
class IssueConnection extends connectionOf(Issue, 'Issue') {}

@ArgsType()
class IssuesArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Some words make it fail; others are written down.' })
  @IsOptional() @IsString()
  text?: string;

  @Field(() => LocalDate, { nullable: true, description: 'A day.' })
  @IsOptional() @IsString()
  on?: string;
}

let loads: (readonly string[])[] = [];

@Resolver(() => Issue)
class NotesResolver {
  constructor(private readonly notes: Notes) {}

  @Query(() => IssueConnection, { description: 'Notes; some words make it fail.' })
  async issues(@CurrentCaller() caller: Caller, @Args() page: IssuesArgs): Promise<Connection<Issue>> {
    const { text } = page;
    if (text === 'refuse') throw new DomainError('ILLEGAL_STATE', 'Not now.', [{ field: 'text', rule: 'state', message: 'not now' }]);
    if (text === 'break') throw new Error('a secret 4711 in an error');
    if (text !== undefined) await this.notes.write(caller, { text });
    const list = await this.notes.list(caller, { limit: page.first, cursor: page.after });
    return toConnection({ ...list, cursorOf: () => 'cursor' });
  }

  @Query(() => Issue, { nullable: true, description: 'One note.' })
  async issue(@CurrentCaller() caller: Caller, @Args('id', { type: () => ID }) id: string): Promise<Issue | null> {
    return (await this.notes.byIds(caller, [id])).get(id) ?? null;
  }

  @ResolveReference()
  resolveReference(reference: { id: string }, context: SubgraphContext): Promise<Issue | null> {
    return loadBatched(context.request, 'note', reference.id, (ids) => {
      loads.push(ids);
      return this.notes.byIds(context.request.caller!, ids);
    });
  }
}

@Module({
  imports: [feedbackPlatform, subgraph()],
  providers: [Notes, Effects, idleHandlers('feedback', ['harbor.registered']), NotesResolver],
})
class GraphModule {}

describe('the graph of a service', () => {
  let database: TestDatabase;
  let app: TestApp;
  const bank = callerOf('bank');
  const lines: string[] = [];

  beforeAll(async () => {
    database = await createDatabase();
    app = await startTestApp(GraphModule, 'feedback', { LOG_LEVEL: 'trace' }, database);
    const logger = app.app.get<Logger & Record<symbol, unknown>>(LOGGER);
    logger[symbols.streamSym] = { write: (line: string) => { lines.push(line); } };
  });
  beforeEach(() => {
    lines.length = 0;
    loads = [];
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const codes = (answer: GraphqlAnswer): unknown[] => (answer.errors ?? []).map((error) => error.extensions?.code);
  const note = async (): Promise<string> => {
    await database.query('delete from feedback.notes');
    const answer = await app.graphql(bank, '{ issues(text: "note") { edges { node { id } } } }');
    return answer.data.issues.edges[0].node.id as string;
  };

  it('tells whoever is not the gateway nothing, not even what is wrong with the document', async () => {
    for (const query of ['{ issues { pageInfo { hasNextPage } } }', '{ nonsense }', '{ issues(', '{ __schema { types { name } } }', '{ __typename }']) {
      const answer = await app.graphql(undefined, query);
      expect([answer.data, codes(answer)]).toEqual([null, ['UNAUTHENTICATED']]);
    }
  });

  it('carries the code, the text and the fields of a refusal, and where it was', async () => {
    const answer = await app.graphql(bank, '{ again: issues(text: "refuse") { pageInfo { hasNextPage } } }');
    expect(answer.errors).toEqual([{
      message: 'Not now.', path: ['again'], extensions: { code: 'ILLEGAL_STATE', errors: [{ field: 'text', rule: 'state', message: 'not now' }] },
    }]);
  });

  it('masks an unknown error with an id that the log has', async () => {
    const answer = await app.graphql(bank, '{ issues(text: "break") { pageInfo { hasNextPage } } }');
    expect(codes(answer)).toEqual(['INTERNAL']);
    expect(JSON.stringify(answer)).not.toContain('4711');
    const id = /this id: (\S+)$/.exec(answer.errors![0].message)![1];
    expect(lines.filter((line) => line.includes(id))).toHaveLength(1);
  });

  it.each([
    ['no such field', '{ nonsense }', {}, /Cannot query field "nonsense"/],
    ['a document without end', `{ __type(name: "Issue") { ${'ofType { '.repeat(30)} name ${'} '.repeat(30)} } }`, {}, /query depth \(32\) exceeds the query depth limit of 20/],
    ['a document that is none', '{ issues(', {}, /Syntax Error/],
    ['an argument of the wrong type', '{ issues(first: "many") { pageInfo { hasNextPage } } }', {}, /Int cannot represent/],
    ['a variable of the wrong type', 'query ($first: Int) { issues(first: $first) { pageInfo { hasNextPage } } }', { first: 'many' }, /Variable "\$first" got invalid value/],
    ['a missing variable', 'query ($id: ID!) { issue(id: $id) { id } }', {}, /"\$id" of required type/],
    ['a day that does not exist', 'query ($on: LocalDate) { issues(on: $on) { pageInfo { hasNextPage } } }', { on: '2026-02-30' }, /LocalDate is written like/],
    ['a day that does not exist, in the document', '{ issues(on: "2026-02-30") { pageInfo { hasNextPage } } }', {}, /LocalDate is written like/],
  ])('names %s', async (_what, query, variables, message) => {
    const answer = await app.graphql(bank, query, variables);
    expect([codes(answer), lines]).toEqual([['GRAPHQL_VALIDATION_FAILED'], []]);
    expect(answer.errors![0].message).toMatch(message);
  });

  it('names a missing variable where none are sent at all', async () => {
    const answer = await app.get(bank, `/graphql?query=${encodeURIComponent('query ($id: ID!) { issue(id: $id) { id } }')}`);
    expect(codes(answer.body as GraphqlAnswer)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  it('answers bad values with VALIDATION_FAILED and not with a failure of its own', async () => {
    expect(codes(await app.graphql(bank, '{ issues(first: 201) { pageInfo { hasNextPage } } }'))).toEqual(['VALIDATION_FAILED']);
    expect(codes(await app.graphql(bank, '{ issue(id: "7") { id } }'))).toEqual(['VALIDATION_FAILED']);
    expect(codes(await app.graphql(bank, 'query ($text: String) { issues(text: $text) { pageInfo { hasNextPage } } }', { text: 'a\0b' }))).toEqual(['VALIDATION_FAILED']);
    expect(codes(await app.graphql(bank, '{ issues(after: "forged.cursor") { pageInfo { hasNextPage } } }'))).toEqual(['CURSOR_INVALID']);
  });

  it('gives each role the fields that the table names, however the document is written', async () => {
    const dashboard = callerOf('dashboard');
    const documents = [
      '{ issue(id: "ID") { text } }', '{ issue(id: "ID") { id: text } }', '{ issue(id: "ID") { ...F } } fragment F on Issue { text }',
      '{ issue(id: "ID") { ... on Issue { text } } }', '{ issues { edges { node { registrantName } } } }', '{ issue(id: "ID") { id text @skip(if: true) } }',
    ].map((document) => document.replace('ID', newId()));
    for (const document of documents) {
      expect(codes(await app.graphql(dashboard, document))).toEqual(['FORBIDDEN']);
      expect(codes(await app.graphql(bank, document))).toEqual([]);
    }
    expect(codes(await app.graphql(dashboard, '{ issues { edges { node { id orgId } } pageInfo { hasNextPage } } }'))).toEqual([]);
    expect(codes(await app.graphql(callerOf('department'), '{ issues { pageInfo { hasNextPage } } }'))).toEqual(['FORBIDDEN']);
  });

  it('resolves references in one query, to those who may read of the type', async () => {
    const id = await note();
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Issue { text } } }';
    const variables = { r: [{ __typename: 'Issue', id }, { __typename: 'Issue', id: newId() }, { __typename: 'Issue', id }] };
    const answer = await app.graphql(bank, query, variables);
    expect(answer.data._entities).toEqual([{ __typename: 'Issue', text: 'note' }, null, { __typename: 'Issue', text: 'note' }]);
    expect(loads.map((ids) => ids.length)).toEqual([2]);
    expect((await app.graphql(callerOf('bank'), query, variables)).data._entities).toEqual([null, null, null]);
  });

  it('does not tell by __typename alone whether a record exists', async () => {
    const [id, administrator] = [await note(), callerOf('system-administrator')];
    const variables = { r: [{ __typename: 'Issue', id }] };
    for (const query of [
      'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Issue { __typename } } }',
      'query ($r: [_Any!]!) { _entities(representations: $r) { ...F } } fragment F on Issue { __typename }',
    ]) {
      expect(codes(await app.graphql(administrator, query, variables))).toEqual(['FORBIDDEN']);
      expect(codes(await app.graphql(bank, query, variables))).toEqual([]);
    }
    expect(codes(await app.graphql(administrator, `{ _entities(representations: [{ __typename: "Issue", id: "${id}" }]) { __typename } }`))).toEqual(['FORBIDDEN']);
  });
});
