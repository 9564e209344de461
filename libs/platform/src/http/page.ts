import { ArgsType, Field, Int, ObjectType } from '@nestjs/graphql';
import { Directive } from '@nestjs/graphql';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { ClassType } from '../subgraph/property.js';
import type { CursorScope, Cursors } from './cursors.js';

const maximum = 200;

/** Which page of a list, for REST (`limit`, `cursor`). */
export class PageQuery {
  @ApiPropertyOptional({ minimum: 1, maximum, default: 50, description: 'Rows to a page.' })
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(maximum)
  limit: number = 50;

  @ApiPropertyOptional({ description: '`nextCursor` of the page before.' })
  @IsOptional() @IsString() @MaxLength(500)
  cursor?: string;
}

/** Which page of a list, for GraphQL (`first`, `after`). */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: 50, description: 'Rows to a page, at most 200.' })
  @IsInt() @Min(1) @Max(maximum)
  first: number = 50;

  @Field(() => String, { nullable: true, description: '`endCursor` of the page before.' })
  @IsOptional() @IsString() @MaxLength(500)
  after?: string;
}

/** One page of a list, newest first. There is no total: counting a list costs more than reading a page of it. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
  cursorOf: (item: T) => string;
}

/**
 * Reads one page by keyset: rows are ordered by their id, a UUID version 7 and so by time, newest first.
 * One row more than asked tells whether there is another page.
 */
export async function readPage<T extends ObjectLiteral & { id: string }>(
  query: SelectQueryBuilder<T>, page: PageQuery | PageArgs, cursors: Cursors, scope: CursorScope,
): Promise<Page<T>> {
  const [limit, cursor] = page instanceof PageArgs ? [page.first, page.after] : [page.limit, page.cursor];
  if (cursor) query.andWhere(`${query.alias}.id < :position`, { position: cursors.open(cursor, scope) });
  const rows = await query.orderBy(`${query.alias}.id`, 'DESC').limit(limit + 1).getMany();
  const items = rows.slice(0, limit);
  const cursorOf = (item: T): string => cursors.seal(item.id, scope);
  return { items, nextCursor: rows.length > limit ? cursorOf(items[limit - 1]) : null, cursorOf };
}

/** The REST shape of a page. */
export const toRestPage = <T>(page: Page<T>): { items: T[]; nextCursor: string | null } =>
  ({ items: page.items, nextCursor: page.nextCursor });

@ObjectType({ description: 'Where a page ends and whether another follows.' })
@Directive('@shareable')
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether another page follows.' })
  hasNextPage: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the last row, for `after`.' })
  endCursor: string | null;
}

export interface Connection<T> {
  edges: { node: T; cursor: string }[];
  pageInfo: PageInfo;
}

/** The Relay shape of a page. */
export function toConnection<T>(page: Page<T>): Connection<T> {
  const edges = page.items.map((node) => ({ node, cursor: page.cursorOf(node) }));
  return { edges, pageInfo: { hasNextPage: page.nextCursor !== null, endCursor: edges.at(-1)?.cursor ?? null } };
}

/** Makes the connection type of a list: `class Demands extends connectionOf(Demand) {}` with `@ObjectType('DemandConnection')`. */
export function connectionOf<T>(item: ClassType<T>, name: string): ClassType<Connection<T>> {
  @ObjectType(`${name}Edge`, { description: `One ${name} in a page.` })
  class Edge {
    @Field(() => item, { description: 'The record.' })
    node: T;

    @Field(() => String, { description: 'Its place in the list.' })
    cursor: string;
  }

  @ObjectType({ isAbstract: true })
  class ConnectionType {
    @Field(() => [Edge], { description: 'The rows of this page, newest first.' })
    edges: Edge[];

    @Field(() => PageInfo, { description: 'Whether another page follows.' })
    pageInfo: PageInfo;
  }
  return ConnectionType;
}

/** Makes the OpenAPI type of a page of a list. */
export function restPageOf<T>(item: ClassType<T>, name: string): ClassType<{ items: T[]; nextCursor: string | null }> {
  class RestPage {
    @ApiProperty({ type: [item], description: 'The rows of this page, newest first.' })
    items: T[];

    @ApiProperty({ type: String, nullable: true, description: 'Ask for the next page with it; null on the last page.' })
    nextCursor: string | null;
  }
  Object.defineProperty(RestPage, 'name', { value: `${name}Page` });
  return RestPage;
}

