import { listOf, type Workflow } from './workflow.js';

/** What of a definition cannot hold. A process whose workflows do not hold does not start. */
export function checkWorkflow({ name, version, initial, states, moves }: Workflow): string[] {
  const all = Object.keys(states);
  const initials = listOf(initial);
  const problems: string[] = [];
  const refuse = (broken: boolean, problem: string): void => { if (broken) problems.push(problem); };
  refuse(!/^[a-z]+(-[a-z]+)*$/.test(name), 'its name is no word');
  refuse(!Number.isInteger(version) || version < 1, 'its version is no number of 1 or more');
  refuse(initials.length === 0, 'it begins nowhere');
  const named = [...initials, ...moves.flatMap(({ from, to }) => [...listOf(from), ...listOf(to)])];
  for (const state of named) refuse(!all.includes(state), `${state} is no state`);
  for (const { action, by, from, to, reason } of moves) {
    refuse(!/^[a-z]+(-[a-z]+)*$/.test(action), `${action} is no word`);
    refuse(by.length === 0, `nobody may ${action}`);
    for (const state of listOf(from)) refuse(states[state]?.terminal === true, `${action} leads out of the end ${state}`);
    for (const state of listOf(to)) refuse(states[state]?.negative === true && !reason, `${action} leads to ${state} without a reason`);
  }
  for (const state of all) {
    const leading = moves.filter(({ from }) => listOf(from).includes(state));
    const ways = leading.flatMap(({ action, by, to }) => by.map((who) => ({ way: `${who} ${action}`, to: listOf(to) })));
    for (const [index, { way, to }] of ways.entries()) {
      const other = ways.findIndex((one) => one.way === way);
      refuse(other !== index, `from ${state}, ${way} leads to ${[...ways[other].to, ...to].join(' and ')} by two moves`);
    }
    refuse(!reachable(initials, moves).has(state), `${state} is never reached`);
    const isEnd = (one: string): boolean => states[one]?.terminal === true || states[one]?.rests === true;
    refuse(![...reachable([state], moves)].some(isEnd), `from ${state} there is no way to an end`);
    refuse(states[state].negative === true && !states[state].terminal, `${state} is negative and no end`);
  }
  return [...new Set(problems)];
}

/** Every state that can be come to from some, themselves included. */
function reachable(from: readonly string[], moves: Workflow['moves']): Set<string> {
  const reached = new Set(from);
  for (const state of reached) {
    for (const move of moves) if (listOf(move.from).includes(state)) listOf(move.to).forEach((to) => reached.add(to));
  }
  return reached;
}
