import type { Complaint } from './mistakes.ts';
import { complaint } from './mistakes.ts';

export type KindOfFile = 'drill' | 'topology' | 'schedule';

/** What only a drill says of itself. Its name and its machine may be what is missing. */
const ONLY_DRILLS = ['drill', 'machine', 'targets', 'phases'];

/** What a file is by the keys of its top level. A drill names its topology, so `topology:` alone tells nothing. */
export function kindOfFile(data: unknown): KindOfFile | undefined {
  const keys = Object.keys(data as object);
  if (keys.some((key) => ONLY_DRILLS.includes(key))) return 'drill';
  return (['schedule', 'topology'] as const).find((kind) => keys.includes(kind));
}

const COMMANDS: Record<KindOfFile, string> = {
  drill: '`dr-drill validate`, `plan` and `run` take it',
  topology: '`dr-drill validate` checks it',
  schedule: '`dr-drill due` and `calendar` take it',
};

/** One complaint about a file of another kind, instead of one about each of its keys; nothing where its kind cannot be told. */
export function otherKind(data: unknown, wanted: KindOfFile): Complaint | undefined {
  const kind = kindOfFile(data);
  if (kind === undefined || kind === wanted) return undefined;
  return {
    ...complaint([kind], `this file is a ${kind}, not a ${wanted}; ${COMMANDS[kind]}`, {
      expected: `a ${wanted} file`,
    }),
    about: 'key',
  };
}
