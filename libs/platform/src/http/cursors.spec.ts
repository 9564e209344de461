import { randomBytes } from 'node:crypto';
import type { ServiceConfig } from '../config/config.js';
import { Cursors, type CursorScope } from './cursors.js';

const cursorsWith = (...keys: Buffer[]): Cursors =>
  new Cursors({ SERVICE_KEY: (keys.length > 0 ? keys : [randomBytes(32)]).map((key) => key.toString('base64url')).join() } as ServiceConfig);

describe('cursors', () => {
  const cursors = cursorsWith();
  const scope: CursorScope = { list: 'demands', organisationId: 'bank-a', filter: { state: 'OPEN' } };
  const cursor = cursors.seal('0197-place', scope);

  it('give back the place', () => {
    expect(cursors.open(cursor, scope)).toBe('0197-place');
    expect(cursors.open(cursors.seal('万州', { list: 'x', organisationId: null }), { list: 'x', organisationId: null })).toBe('万州');
  });

  it('are the same in every replica, and in no other suite', () => {
    const key = randomBytes(32);
    expect(cursorsWith(key).open(cursorsWith(key).seal('x', scope), scope)).toBe('x');
    expect(() => cursorsWith().open(cursor, scope)).toThrow('The cursor does not belong to this list');
  });

  it('outlive a change of the key as long as the old one is known', () => {
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    expect(cursorsWith(fresh, old).open(cursorsWith(old).seal('x', scope), scope)).toBe('x');
    expect(cursorsWith(old, fresh).open(cursorsWith(fresh, old).seal('x', scope), scope)).toBe('x');
    expect(() => cursorsWith(fresh).open(cursorsWith(old, fresh).seal('x', scope), scope)).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
  });

  it.each<[string, CursorScope]>([
    ['another list', { ...scope, list: 'referrals' }],
    ['another organisation', { ...scope, organisationId: 'bank-b' }],
    ['no organisation', { ...scope, organisationId: null }],
    ['another filter', { ...scope, filter: { state: 'CLOSED' } }],
    ['no filter', { list: 'demands', organisationId: 'bank-a' }],
  ])('do not open %s', (_what, other) => {
    expect(() => cursors.open(cursor, other)).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
  });

  it('cannot be changed, cut or made up', () => {
    const [body, mac] = cursor.split('.');
    const elsewhere = Buffer.from('0197-elsewhere').toString('base64url');
    for (const forged of [`${elsewhere}.${mac}`, `${body}.`, body, `${body}.${mac.slice(0, -1)}`, `${cursor}A`, `${cursor}.`, `${body}=.${mac}`, '', '.', '..']) {
      expect(() => cursors.open(forged, scope)).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
    }
  });
});
