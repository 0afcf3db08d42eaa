import * as z from 'zod';
import { DrillError } from '../../errors.ts';
import { type Around, earlierStep } from '../../steps/given.ts';
import { componentName } from '../described.ts';
import type { Doing, Given, Scene } from '../verbs.ts';

/** A data store that a compute reads, and how its writer is known. */
interface Read {
  store: string;
  /** The step that has moved it, or restored it. */
  moved?: string;
  /** The step that looks who takes its writes. */
  finding?: Doing;
}

/**
 * All writers of a compute's data stores are looked up, then what runs there gets their addresses in one change: each change replaces everything that
 * runs.
 * @param isRead whether the compute reads where a store takes writes
 */
export function pointingAt(
  isRead: (store: string) => boolean,
  { part, uses, deadlineMs }: Required<Pick<Doing, 'part' | 'uses' | 'deadlineMs'>>,
  given: Given<'compute.point'>,
  scene: Scene,
): Doing[] {
  const all = Object.keys(scene.topology.data)
    .filter((store) => scene.isAbout(store) && isRead(store))
    .flatMap((store) => readIn(store, given, scene) ?? []);
  if (all.length === 0) return [];
  return [
    ...all.flatMap(({ finding }) => finding ?? []),
    {
      part,
      about: all.map(({ store }) => store),
      uses,
      with: (named) => ({
        in: given.in,
        writers: Object.fromEntries(all.map(({ store, moved }) => [store, moved ?? named(partOf(store))])),
      }),
      deadlineMs,
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

/** How a drill file says where data stores take their writes now. */
export const writersGiven = z
  .record(componentName, earlierStep)
  .meta({ earlierSteps: true })
  .describe(
    'For each data store, by name, the step whose result has the address of its writer, such as its promotion.',
  );

/** What a step says of the writer that it found or made. */
export interface Writer {
  store: string;
  address: string;
  /** What people call it, where that is not its address. */
  name?: string;
  serves?: boolean;
}

/** The writers of data stores, as earlier steps gave them. What customers can do without was given up where its step gave nothing. */
export const writersOf = (
  writers: Record<string, string>,
  { id, isRead, add }: { id: string; isRead: (store: string) => boolean; add: (store: string) => string },
  around: Around,
): Writer[] =>
  Object.entries(writers).flatMap(([store, step]) => {
    if (!isRead(store))
      throw new DrillError('topology-lacks', `${id} does not use the data store ${store}.`, {
        hint: `Add it to compute.${id}.uses in the topology: ${add(store)}`,
      });
    const described = around.topology.data[store];
    if (described && 'essential' in described && !described.essential && !around.hasResult(step)) return [];
    return [{ store, ...around.result<Omit<Writer, 'store'>>(step, { address: `<address that ${step} gives>` }) }];
  });
