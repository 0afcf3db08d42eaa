import type { ComponentOf } from '../../drill/components.ts';
import { pointingAt } from '../compute/writers.ts';
import type { Doing, Given, Scene } from '../verbs.ts';
import { readersOf } from './readers.ts';

const MINUTE = 60_000;

/** The applications get the addresses of all their writers in one change. */
export const pointing = (compute: ComponentOf<'eks'>, given: Given<'compute.point'>, scene: Scene): Doing[] =>
  pointingAt(
    (store) => readersOf(compute, store, scene.topology).length > 0,
    { part: 'applications', uses: 'kubernetes.point-applications', deadlineMs: 5 * MINUTE },
    given,
    scene,
  );
