import type { AnyStateNode } from 'xstate';
import type { Plane } from '../steps/step.ts';
import { type Arrow, arrowsOf, idOf } from './arrows.ts';
import { nameInWords } from './in-words.ts';

/** What is written on a step. */
export interface StepWords {
  title: string;
  region: string | null;
  plane: Plane;
  isPointOfNoReturn: boolean;
}

/** What stands behind the names that a machine invokes. */
export interface MachineWords {
  title: string;
  steps: ReadonlyMap<string, StepWords>;
  /** What each watch does. */
  watches: ReadonlyMap<string, string>;
}

export type Shape =
  /** States one after another, or side by side. */
  | { shape: 'box'; sideBySide: boolean; states: PictureState[]; initial: string | null }
  | { shape: 'step'; steps: PictureStep[] }
  /** Nothing is done here but a choice between arrows. */
  | { shape: 'choice' }
  /** The machine does something that is no step of the runbook. */
  | { shape: 'work' }
  /** Where the drill ends. */
  | { shape: 'end' }
  /** Where a box is done. */
  | { shape: 'done' };

export interface PictureStep extends StepWords {
  step: string;
}

export type PictureState = Shape & {
  /** The keys on the way to the state, as `watched.failover.execute`. */
  id: string;
  name: string;
  /** What goes on for as long as the state lasts. */
  watches: string[];
};

/** A machine as it is drawn, the same for SVG and Mermaid. */
export interface Picture {
  title: string;
  machine: string;
  initial: string | null;
  states: PictureState[];
  arrows: Arrow[];
}

/** Reads the picture off the machine that runs, so that the two cannot differ. */
export function pictureOf(root: AnyStateNode, words: MachineWords): Picture {
  return {
    title: words.title,
    machine: root.key,
    initial: initialOf(root),
    states: childrenOf(root).map((state) => drawn(state, words)),
    arrows: arrowsOf(root),
  };
}

function drawn(state: AnyStateNode, words: MachineWords): PictureState {
  const watches = invoked(state, 'watch').map((watch) => words.watches.get(watch) ?? nameInWords(watch));
  return { id: idOf(state), name: nameInWords(state.key).replaceAll('+', ', '), watches, ...shapeOf(state, words) };
}

function shapeOf(state: AnyStateNode, words: MachineWords): Shape {
  if (state.type === 'final') return { shape: state.parent?.parent ? 'done' : 'end' };
  const states = childrenOf(state).map((child) => drawn(child, words));
  if (states.length > 0) {
    return { shape: 'box', sideBySide: state.type === 'parallel', states, initial: initialOf(state) };
  }
  const steps = invoked(state, 'step').map((step) => ({ step, ...(words.steps.get(step) ?? unknownStep(step)) }));
  if (steps.length > 0) return { shape: 'step', steps };
  return { shape: state.always?.length && state.invoke.length === 0 ? 'choice' : 'work' };
}

/** One that this drill does not ask for. */
const unknownStep = (step: string): StepWords => ({
  title: nameInWords(step).replace(/^./, (first) => first.toUpperCase()),
  region: null,
  plane: 'data',
  isPointOfNoReturn: false,
});

/** Where a box begins; one whose states run side by side begins in all of them. */
function initialOf({ initial }: AnyStateNode): string | null {
  const first = initial?.target[0];
  return first ? idOf(first) : null;
}

const childrenOf = (state: AnyStateNode): AnyStateNode[] => Object.values(state.states);

const invoked = (state: AnyStateNode, actor: string): string[] =>
  state.invoke.filter(({ src }) => src === actor).map(({ id }) => id);

/** Every state of a picture, a box before what is in it. */
export const statesIn = (states: readonly PictureState[]): PictureState[] =>
  states.flatMap((state) => [state, ...(state.shape === 'box' ? statesIn(state.states) : [])]);
