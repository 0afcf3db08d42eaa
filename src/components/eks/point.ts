import type { ComponentOf } from '../../drill/components.ts';
import type { Doing, Given, Scene } from '../verbs.ts';
import { readersOf } from './readers.ts';

const MINUTE = 60_000;

/** A data store that deployments read, and how its writer is known. */
interface Read {
  store: string;
  /** The step that has moved it, or restored it. */
  moved?: string;
  /** The step that looks who takes its writes. */
  finding?: Doing;
}

/** All writers of a compute's data stores are looked up, then the applications get their addresses in one change: each change replaces every pod. */
export function pointing(compute: ComponentOf<'eks'>, given: Given<'compute.point'>, scene: Scene): Doing[] {
  const all = Object.keys(scene.topology.data)
    .filter((store) => scene.isAbout(store) && readersOf(compute, store, scene.topology).length > 0)
    .flatMap((store) => readIn(store, given, scene) ?? []);
  if (all.length === 0) return [];
  return [
    ...all.flatMap(({ finding }) => finding ?? []),
    {
      part: 'applications',
      about: all.map(({ store }) => store),
      uses: 'kubernetes.point-applications',
      with: (named) => ({
        in: given.in,
        writers: Object.fromEntries(all.map(({ store, moved }) => [store, moved ?? named(partOf(store))])),
      }),
      deadlineMs: 5 * MINUTE,
    },
  ];
}

/** Nothing where each region has a store of its own. */
function readIn(store: string, { in: where, to, writer }: Given<'compute.point'>, scene: Scene): Read | undefined {
  if (writer !== undefined) return { store, moved: writer };
  const moved = scene.takenOver(store);
  if (moved && (to === undefined || to === moved.to)) return { store, moved: moved.step };
  const finding = scene.findWriter(store, to ?? where);
  return finding && { store, finding: { ...finding, part: partOf(store), of: store, about: [store] } };
}

const partOf = (store: string): string => `${store}-writer`;
