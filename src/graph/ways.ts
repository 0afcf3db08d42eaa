import { rowsIn } from './arranged.ts';
import type { Arrow } from './arrows.ts';
import { type Picture, type PictureState, statesIn } from './picture.ts';

/** How arrows are shown: as a line from a block to the next one, or in words in the block that they leave. */
export interface Ways {
  inWordsFrom: (id: string) => Arrow[];
  /** The arrow that a line between two blocks represents. No line leads to an end: others lead there as well. */
  between: (before: PictureState, next: PictureState) => Arrow | undefined;
  nameOf: (id: string) => string;
}

export function waysOf({ states, arrows }: Picture, row: readonly PictureState[]): Ways {
  const all = new Map(statesIn(states).map((state) => [state.id, state]));
  const next = new Map<string, string>();
  for (const states of rowsIn(row)) {
    for (const [index, { id }] of states.slice(1).entries()) next.set(states[index]?.id ?? '', id);
  }
  const isLineAlone = ({ kind, from, to, when }: Arrow): boolean =>
    kind === 'straight' && when === '' && (next.get(from) === to || all.get(to)?.shape === 'done');
  return {
    inWordsFrom: (id) => arrows.filter((arrow) => arrow.from === id && !isLineAlone(arrow)),
    between: (before, after) =>
      after.shape === 'end'
        ? undefined
        : arrows.find(({ kind, from, to }) => kind === 'straight' && isIn(from, before) && isIn(to, after)),
    nameOf: (id) => all.get(id)?.name ?? id,
  };
}

function isIn(id: string, state: PictureState): boolean {
  if (id === state.id || id.startsWith(`${state.id}.`)) return true;
  return state.shape === 'box' && state.states.some((inside) => isIn(id, inside));
}
