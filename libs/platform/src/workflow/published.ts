import { createHash } from 'node:crypto';
import { listOf, type Workflow } from './workflow.js';

/** A workflow as it is published: lists everywhere, so that programs read one form. */
export interface PublishedWorkflow {
  name: string;
  version: number;
  initial: string[];
  states: { name: string; side: string | null; meaning: string | null; terminal: boolean; negative: boolean; rests: boolean }[];
  moves: { action: string; from: string[]; to: string[]; by: string[]; reasonRequired: boolean }[];
  /** SHA-256 of all the rest, hex: what changes without a new version is found by it. */
  digest: string;
}

export function toJson({ name, version, initial, states, moves }: Workflow): PublishedWorkflow {
  const published = {
    name, version, initial: [...listOf(initial)],
    states: Object.entries(states).map(([state, { side, meaning, terminal, negative, rests }]) => ({
      name: state, side: side ?? null, meaning: meaning ?? null, terminal: !!terminal, negative: !!negative, rests: !!rests,
    })),
    moves: moves.map(({ action, from, to, by, reason }) => ({
      action, from: [...listOf(from)], to: [...listOf(to)], by: [...by], reasonRequired: reason === 'required',
    })),
  };
  return { ...published, digest: createHash('sha256').update(JSON.stringify(published)).digest('hex') };
}

/** The diagram in the language of Mermaid (stateDiagram-v2). `*` marks moves that give a reason. */
export function toMermaid({ name, version, initial, states, moves }: Workflow): string {
  const arrows = new Map<string, string[]>();
  for (const { action, from, to, by, reason } of moves) {
    for (const state of listOf(from)) {
      for (const next of listOf(to)) {
        const arrow = `${state} --> ${next}`;
        arrows.set(arrow, [...arrows.get(arrow) ?? [], `${action}${reason ? '*' : ''} (${by.join(', ')})`]);
      }
    }
  }
  return [
    'stateDiagram-v2', `  %% ${name}, version ${version}`,
    ...Object.entries(states).flatMap(([state, { side }]) => (side ? [`  ${state} : ${state} (${side})`] : [])),
    ...listOf(initial).map((state) => `  [*] --> ${state}`),
    ...[...arrows].map(([arrow, labels]) => `  ${arrow} : ${labels.join(' / ')}`),
    ...Object.entries(states).flatMap(([state, { terminal }]) => (terminal ? [`  ${state} --> [*]`] : [])), '',
  ].join('\n');
}
