import { until } from '@finharbor/testing/until';
import type { Mine } from './mine.js';
import { done, type Party } from './party.js';

/** People of one side's bank and department who are told things; `removable` is there to be taken out. */
export type Readers = Record<'kept' | 'second' | 'removable' | 'departments', Mine>;

/** Somebody who reads messages. @param name part of the address too, so that nobody is there twice */
export const reader = (name: string, subscriptions: object[] = []): object => ({ name: `欧阳${name}`, mail: `${name}@reader.example`, subscriptions });

const told = (...kinds: string[]): object[] => kinds.map((kind) => ({ kind, channel: 'MAIL' }));

/** Enters them before there is anything to tell. */
export async function enterReaders(bank: Party, department: Party, tag: string): Promise<Readers> {
  const enter = async (party: Party, name: string, kinds: string[]): Promise<Mine> =>
    done(await party.post('/v1/message-recipients', reader(`${tag}${name}`, told(...kinds))));
  const [kept, second, removable] = [await enter(bank, 'a', ['LIST_DISPATCHED']), await enter(bank, 'b', ['LIST_DISPATCHED']), await enter(bank, 'c', [])];
  const departments = await enter(department, 'd', ['LIST_REVIEWED']);
  await enter(department, 'e', ['LIST_REVIEWED']);
  return { kept, second, removable, departments };
}

/** Waits until there is a page of messages and another: nothing else of the walk goes by itself. */
export async function awaitMessages(...parties: Party[]): Promise<void> {
  for (const party of parties) {
    await until('two messages are sent', async () => (done(await party.ask('/v1/messages?state=SENT')) as { items: Mine[] }).items.length >= 2);
  }
}
