import { type Picture, type PictureState, statesIn } from './picture.ts';

type Box = Extract<PictureState, { shape: 'box' }>;

/** The states in the order in which they are read: the one where a row begins is the first, the end of a row is not drawn, and what ends the drill is one block at the end. */
export function arranged(picture: Picture): PictureState[] {
  const isEnding = ({ shape }: PictureState) => ['work', 'choice', 'end'].includes(shape);
  const ending = picture.states.filter(isEnding);
  const block: Box = {
    id: ':ending',
    name: 'end of the drill',
    watches: [],
    shape: 'box',
    sideBySide: false,
    initial: null,
    states: [
      ...inOrder(
        ending.filter(({ shape }) => shape !== 'end'),
        picture,
      ),
      ...ending.filter(({ shape }) => shape === 'end'),
    ],
  };
  const row = inRow({ initial: picture.initial, states: picture.states.filter((state) => !isEnding(state)) });
  return ending.length === 0 ? row : [...row, block];
}

function inRow({ initial, states }: Pick<Box, 'initial' | 'states'>): PictureState[] {
  return states
    .filter(({ shape }) => shape !== 'done')
    .toSorted((a, b) => Number(b.id === initial) - Number(a.id === initial))
    .map((state) => (state.shape === 'box' ? { ...state, states: inRow(state) } : state));
}

/** States before those that they lead to. */
function inOrder(states: readonly PictureState[], { arrows }: Picture): PictureState[] {
  const visited = new Set<PictureState>();
  const order: PictureState[] = [];
  const visit = (state: PictureState): void => {
    if (visited.has(state)) return;
    visited.add(state);
    const next = arrows.filter(({ from }) => from === state.id).map(({ to }) => to);
    for (const one of states) if (next.includes(one.id)) visit(one);
    order.unshift(state);
  };
  for (const state of states) visit(state);
  return order;
}

/** Every row of states, one after another or side by side. */
export const rowsIn = (row: readonly PictureState[]): (readonly PictureState[])[] => [
  row,
  ...statesIn(row).flatMap((state) => (state.shape === 'box' ? [state.states] : [])),
];
