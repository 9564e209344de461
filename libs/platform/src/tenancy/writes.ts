/** A statement that writes and whose rows nobody needs. */
export interface Write {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

const plainInsert = /^(\s*insert into [^$]+? values )(\([^()]*\))\s*$/;

/**
 * Several writes as one statement, which travels, is parsed and is answered once. Inserts that differ in their values alone become rows
 * of one, in their order. None sees what another one writes, and no two may change the same row; foreign keys hold at the end.
 */
export function asOne(writes: readonly Write[]): Write {
  const groups = new Map<string, Write[]>();
  writes.forEach((write, place) => {
    const key = plainInsert.test(write.sql) ? write.sql : `${place} ${write.sql}`;
    groups.set(key, [...groups.get(key) ?? [], write]);
  });
  const parameters: unknown[] = [];
  const statements = [...groups.values()].map((group) => group.map(({ sql, parameters: own }, row) => {
    const shifted = parameters.length;
    parameters.push(...own);
    const [, head, values] = (row > 0 && plainInsert.exec(sql)) || [undefined, '', sql];
    return `${head && ', '}${values.replaceAll(/\$(\d+)/g, (_, number: string) => `$${shifted + Number(number)}`)}`;
  }).join(''));
  const last = statements.pop()!;
  // PostgreSQL runs what nothing refers to from the last to the first, behind the statement itself.
  const others = statements.reverse().map((sql, place) => `w${place} as (${sql})`);
  return { sql: others.length > 0 ? `with ${others.join(', ')} ${last}` : last, parameters };
}
