import { type CheckedRow, ListCheck } from './list-check.js';

const codes = ['91500101MA5U00011L', '91500101MA5UABCD0Y'];

async function check(text: string, size = text.length): Promise<{ rows: CheckedRow[]; check: ListCheck }> {
  async function* parts(): AsyncGenerator<string> {
    for (let from = 0; from < text.length; from += size) yield text.slice(from, from + size);
  }
  const list = new ListCheck('2026-11-22');
  const rows: CheckedRow[] = [];
  for await (const row of list.rows(parts())) rows.push(row);
  return { rows, check: list };
}

describe('the check of a list', () => {
  it('counts rows as a spreadsheet does: blank lines count, line breaks inside a cell do not', async () => {
    const { rows, check: list } = await check(`creditCode,name,scope\n${codes[0]},万州一号,"一\n二"\n\n,,\n${codes[1]},万州二号\n${codes[1]},万州二号,"a ""b"", c"\n`);
    expect(rows.map(({ row }) => row)).toEqual([2, 5, 6]);
    expect(rows[0]).toMatchObject({ accepted: { businessScope: '一 二' } });
    expect(rows[1]).toMatchObject({ problems: [{ rule: 'columnCount' }] });
    expect(rows[2]).toMatchObject({ accepted: { businessScope: 'a "b", c' } });
    expect(list).toMatchObject({ rowCount: 3, acceptedCount: 2, rejectedCount: 1, warnings: [{ rule: 'blankRows', header: null, message: '1 blank rows were left out.' }] });
  });

  it('takes the first of several rows with one code that can be taken; the others name it', async () => {
    const { rows } = await check(`code,creditCode,name\n1,${codes[0]},x\n2,${codes[0]},万州一号\n3,${codes[0].toLowerCase()},万州一号\n`);
    expect(rows).toEqual([
      { row: 2, problems: [expect.objectContaining({ field: 'name', rule: 'length' })] },
      { row: 3, accepted: expect.objectContaining({ creditCode: codes[0] }) },
      { row: 4, problems: [{ field: 'creditCode', rule: 'duplicate', message: 'row 3 has the same credit code', value: codes[0] }] },
    ]);
  });

  it('reads the same whatever the size of the parts', async () => {
    const text = `creditCode,name,scope\n${codes[0]},"万州,一号","一\n""二"""\n${codes[1]},万州二号,\n`;
    const whole = await check(text);
    for (const size of [1, 2, 3, 5, 8]) expect((await check(text, size)).rows).toEqual(whole.rows);
    expect(whole.rows).toHaveLength(2);
  });

  it.each([
    ['a quote that is never closed', `creditCode,name\n${codes[0]},万州一号\n${codes[1]},"万州二号\nx,y\n`, 'The record that begins on line 3 opens a quote and never closes it.'],
    ['a quote inside a cell', `creditCode,name\n${codes[0]},万州"一"号\n`, 'A quote stands inside an unquoted cell on line 2.'],
    ['a quote that is not doubled', `creditCode,name\n${codes[0]},"万州"一号\n`, 'A quote inside a quoted cell on line 2 is not doubled.'],
    ['a record without end', `creditCode,name\n${codes[0]},"${'长\n'.repeat(400_000)}`, expect.stringContaining('begins on line 2 is longer than 1 MiB')],
  ])('refuses %s, with its line and without its text', async (_, text, detail) => {
    await expect(check(text)).rejects.toMatchObject({ code: 'LIST_MALFORMED', detail });
  });

  it.each([['', 'The file is empty.'], ['\n\n', 'The file is empty.'], ['creditCode,name\n,\n', 'The list has a header and no rows.']])(
    'refuses a list without rows (%j)', async (text, detail) => {
      await expect(check(text)).rejects.toMatchObject({ code: 'LIST_EMPTY', detail });
    });
});
