import { asOne } from './writes.js';

describe('asOne', () => {
  const trail = 'insert into s.steps (id, step)\n values ($1, $2)';

  it('leaves a single write as it is', () => {
    expect(asOne([{ sql: trail, parameters: [1, 'A'] }])).toEqual({ sql: trail, parameters: [1, 'A'] });
  });

  it('makes rows of inserts that differ in their values alone, in their order', () => {
    expect(asOne([{ sql: trail, parameters: [1, 'A'] }, { sql: trail, parameters: [2, 'B'] }])).toEqual({
      sql: `${trail}, ($3, $4)`, parameters: [1, 'A', 2, 'B'],
    });
  });

  it('lets the others ride along, so that they run in their order, each with its own parameters', () => {
    const [due, count] = ['delete from s.due where id = $1', 'insert into s.counts values ($1, $2) on conflict (day) do update set count = $2'];
    const { sql, parameters } = asOne([
      { sql: due, parameters: [7] }, { sql: trail, parameters: [1, 'A'] }, { sql: count, parameters: ['day', 3] }, { sql: trail, parameters: [2, 'B'] },
    ]);
    expect(sql).toBe('with w0 as (insert into s.steps (id, step)\n values ($2, $3), ($4, $5)), w1 as (delete from s.due where id = $1) '
      + 'insert into s.counts values ($6, $7) on conflict (day) do update set count = $7');
    expect(parameters).toEqual([7, 1, 'A', 2, 'B', 'day', 3]);
  });

  it('keeps the same upsert twice apart', () => {
    const upsert = 'insert into s.c values ($1) on conflict do nothing';
    expect(asOne([{ sql: upsert, parameters: [1] }, { sql: upsert, parameters: [2] }]).sql)
      .toBe(`with w0 as (insert into s.c values ($1) on conflict do nothing) insert into s.c values ($2) on conflict do nothing`);
  });
});
