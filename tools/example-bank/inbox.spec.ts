import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PublicEvent } from '@finharbor/client/events';
import { Inbox } from './inbox.mjs';

const event = (id: string): PublicEvent => ({ id, type: 'cn.finharbor.webhook.test.v1' }) as PublicEvent;

describe('the inbox of the example', () => {
  const folder = mkdtempSync(join(tmpdir(), 'finharbor-inbox-'));
  const file = join(folder, 'inbox.json');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('takes an event once, and has it until its work is done, whatever ends in between', () => {
    const inbox = new Inbox(file);
    expect([inbox.put(event('1')), inbox.put(event('2')), inbox.put(event('1'))]).toEqual([true, true, false]);
    expect(new Inbox(file).open.map(({ id }) => id)).toEqual(['1', '2']);
    inbox.keepCursor('c1');
    const next = new Inbox(file);
    expect([next.cursor, next.open.map(({ id }) => id), next.put(event('2'))]).toEqual(['c1', ['1', '2'], false]);
    next.done([next.open[0]]);
    const last = new Inbox(file);
    expect([last.open.map(({ id }) => id), last.put(event('1'))]).toEqual([['2'], false]);
  });

  it('tells who waits', async () => {
    const inbox = new Inbox(join(folder, 'other.json'));
    const stop = new AbortController();
    const filled = inbox.filled(stop.signal).then(() => inbox.open.length);
    inbox.put(event('1'));
    expect(await filled).toBe(1);
    inbox.done(inbox.open);
    const ended = inbox.filled(stop.signal).then(() => inbox.open.length);
    stop.abort();
    expect(await ended).toBe(0);
  });

  it('forgets the oldest ids, not the latest', () => {
    const inbox = new Inbox(join(folder, 'many.json'));
    inbox.seen = new Set(Array.from({ length: 10_000 }, (_, index) => `old-${index}`));
    inbox.put(event('new'));
    expect([inbox.seen.size, inbox.seen.has('old-0'), inbox.seen.has('old-1'), inbox.seen.has('new')]).toEqual([10_000, false, true, true]);
  });
});
