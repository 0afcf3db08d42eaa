import { existsSync } from 'node:fs';
import { componentsBehind } from '../drill/components.ts';
import type { Path } from '../drill/locate.ts';
import { type Complaint, complaint } from '../drill/mistakes.ts';
import { nearest } from '../drill/near.ts';
import type { Topology } from '../drill/topology.ts';

/** What is expected of a name that another one has. */
export const OWN = { expected: 'a name of its own' };

/** What several kinds want of a topology that its schema cannot say. */

export function differ(path: Path, recovery: string, primary: string, expected = 'a name of its own'): Complaint[] {
  if (recovery !== primary) return [];
  return [complaint(path, `${path.join('.')} is the same as the primary's`, { expected })];
}

/** The certificate authorities are read when someone logs in, which may be in the middle of a drill. */
export function authorityFound(login: { ca?: string | undefined } | undefined, path: Path): Complaint[] {
  const { ca } = login ?? {};
  if (ca === undefined || existsSync(ca)) return [];
  const expected = 'a file with certificate authorities, relative to the folder that dr-drill runs in';
  return [complaint(path, `there is no file ${ca}`, { expected })];
}

/** What comes before a data store is another one, and does not wait for it in turn. */
export function afterFits({ id, after }: { id: string; after: readonly string[] }, topology: Topology): Complaint[] {
  return after.flatMap((other, index) => {
    const path: Path = ['data', id, 'after', index];
    const others = Object.keys(topology.data).filter((name) => name !== id);
    const expected = `one of ${others.join(', ')}`;
    if (!(other in topology.data)) {
      const suggestion = nearest(other, others);
      const about = complaint(path, `the topology has no data store '${other}'`, { expected });
      return [{ ...about, ...(suggestion && { suggestion }) }];
    }
    return waitsFor(other, id, topology) ? [complaint(path, `${other} itself waits for ${id}`, { expected })] : [];
  });
}

function waitsFor(one: string, other: string, topology: Topology, seen: readonly string[] = []): boolean {
  if (one === other) return true;
  if (seen.includes(one)) return false;
  return (topology.data[one]?.after ?? []).some((next) => waitsFor(next, other, topology, [...seen, one]));
}

/** What names a compute that is asked through Kubernetes, or means the only one. */
export function isCompute(of: string | undefined, path: Path, topology: Topology): Complaint[] {
  const names = componentsBehind('kubernetes', topology).map(({ id }) => id);
  if (of === undefined ? names.length === 1 : names.includes(of)) return [];
  const expected = names.length === 0 ? 'compute of Kubernetes in the topology' : `one of ${names.join(', ')}`;
  const message = of === undefined ? 'it is not said which compute is meant' : `the topology has no compute '${of}'`;
  return [complaint(of === undefined ? path.slice(0, -1) : path, message, { expected })];
}
