import type { DomainError } from '@finharbor/contracts/errors';
import { checkWorkflow } from './check-workflow.js';
import { toJson, toMermaid } from './published.js';
import { actionsIn, defineWorkflow, isEnd, leadsTo, mayMove, move, type Workflow } from './workflow.js';

const door = defineWorkflow({
  name: 'door', version: 1, initial: 'SHUT',
  states: { SHUT: { side: 'inside' }, OPEN: {}, LOCKED: {}, BROKEN: { terminal: true, negative: true } },
  moves: [
    { action: 'open', from: ['SHUT', 'LOCKED'], to: 'OPEN', by: ['owner'] },
    { action: 'open', from: 'SHUT', to: 'OPEN', by: ['guest'] },
    { action: 'shut', from: 'OPEN', to: ['SHUT', 'LOCKED'], by: ['owner'] },
    { action: 'break', from: ['SHUT', 'OPEN', 'LOCKED'], to: 'BROKEN', by: ['guest', 'service'], reason: 'required' },
  ],
});
const refusal = (work: () => unknown): DomainError => {
  try {
    work();
  } catch (error) {
    return error as DomainError;
  }
  throw new Error('It was not refused.');
};

describe('a move', () => {
  it('leads where the workflow says, by whom it says', () => {
    expect(move(door, 'SHUT', 'open', 'guest')).toBe('OPEN');
    expect(move(door, 'LOCKED', 'open', 'owner')).toBe('OPEN');
    expect(move(door, 'OPEN', 'shut', 'owner', { to: 'LOCKED' })).toBe('LOCKED');
  });

  it('is refused elsewhere, and names what the role may do', () => {
    expect(refusal(() => move(door, 'LOCKED', 'open', 'guest'))).toMatchObject({ code: 'ILLEGAL_STATE', detail: 'The door is LOCKED: no open from there (possible now: break).' });
    expect(refusal(() => move(door, 'OPEN', 'shut', 'owner', { to: 'OPEN' }))).toMatchObject({ code: 'ILLEGAL_STATE' });
    expect(refusal(() => move(door, 'BROKEN', 'open', 'owner'))).toMatchObject({ detail: 'The door is BROKEN: no open from there (nothing is possible now).' });
  });

  it('gives its reason, code and text, where one is asked for', () => {
    const fields = (reason?: object) => refusal(() => move(door, 'OPEN', 'break', 'guest', { reason })).errors?.map(({ field }) => field);
    expect(fields()).toEqual(['reasonCode', 'reasonText']);
    expect(fields({ code: 'OTHER', text: ' ' })).toEqual(['reasonText']);
    expect(move(door, 'OPEN', 'break', 'guest', { reason: { code: 'OTHER', text: 'Sturm' } })).toBe('BROKEN');
  });

  it('says which of several states it means', () => expect(() => move(door, 'OPEN', 'shut', 'owner')).toThrow('say which'));

  it('is known before it is made', () => {
    expect([actionsIn(door, 'SHUT'), actionsIn(door, 'SHUT', 'owner'), actionsIn(door, 'BROKEN')]).toEqual([['open', 'break'], ['open'], []]);
    expect([mayMove(door, 'LOCKED', 'open', 'owner'), mayMove(door, 'LOCKED', 'open', 'guest')]).toEqual([true, false]);
    expect([isEnd(door, 'BROKEN'), isEnd(door, 'OPEN')]).toEqual([true, false]);
    expect([leadsTo(door, 'OPEN', 'LOCKED'), leadsTo(door, 'LOCKED', 'SHUT')]).toEqual([true, false]);
  });
});

describe('a definition', () => {
  const { moves, states } = door as Workflow;
  const changed = (change: Partial<Workflow>): string[] => checkWorkflow({ ...door, ...change });
  it.each<[string, Partial<Workflow>, string]>([
    ['that begins nowhere', { initial: [] }, 'it begins nowhere'],
    ['with a state nobody comes to', { states: { ...states, LOST: { terminal: true } } }, 'LOST is never reached'],
    ['with a state that is none', { initial: ['SHUT', 'AJAR'] }, 'AJAR is no state'],
    ['without a way to an end', { moves: [...moves, { action: 'wall', from: 'OPEN', to: 'WALL', by: ['owner'] }], states: { ...states, WALL: {} } }, 'from WALL there is no way to an end'],
    ['that leaves an end', { moves: [...moves, { action: 'mend', from: 'BROKEN', to: 'OPEN', by: ['owner'] }] }, 'mend leads out of the end BROKEN'],
    ['whose negative end has no reason', { moves: [...moves, { action: 'burn', from: 'OPEN', to: 'BROKEN', by: ['owner'] }] }, 'burn leads to BROKEN without a reason'],
    ['in which one move means two', { moves: [...moves, { action: 'open', from: 'SHUT', to: 'LOCKED', by: ['guest'] }] }, 'from SHUT, guest open leads to OPEN and LOCKED by two moves'],
    ['with a move for nobody', { moves: [...moves, { action: 'knock', from: 'SHUT', to: 'SHUT', by: [] }] }, 'nobody may knock'],
    ['without a version', { version: 0 }, 'its version is no number of 1 or more'],
    ['without a name', { name: 'A door' }, 'its name is no word'],
  ])('%s does not hold', (_what, change, problem) => expect(changed(change)).toContain(problem));

  it('that does not hold is none', () => {
    expect(checkWorkflow(door)).toEqual([]);
    expect(() => defineWorkflow({ ...door, version: 0 })).toThrow('door does not hold');
  });
});

describe('what is published', () => {
  it('is the definition, and a digest that changes with it', () => {
    const json = toJson(door);
    expect(json).toMatchObject({ name: 'door', version: 1, initial: ['SHUT'], digest: expect.stringMatching(/^[\da-f]{64}$/) });
    expect(json.states.find(({ name }) => name === 'BROKEN')).toEqual({ name: 'BROKEN', side: null, meaning: null, terminal: true, negative: true, rests: false });
    expect(json.moves[2]).toEqual({ action: 'shut', from: ['OPEN'], to: ['SHUT', 'LOCKED'], by: ['owner'], reasonRequired: false });
    expect(toJson({ ...door, moves: door.moves.slice(1) }).digest).not.toBe(json.digest);
  });

  it('is a diagram too', () => {
    const lines = toMermaid(door).split('\n');
    expect(lines[0]).toBe('stateDiagram-v2');
    expect(lines).toEqual(expect.arrayContaining([
      '  [*] --> SHUT', '  SHUT --> OPEN : open (owner) / open (guest)', '  OPEN --> LOCKED : shut (owner)', '  OPEN --> BROKEN : break* (guest, service)', '  BROKEN --> [*]',
    ]));
  });
});
