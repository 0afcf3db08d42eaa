import { objectOf } from '../components/index.ts';
import { allComponents, meantBy } from './components.ts';
import type { RestoreDrill } from './drill.ts';
import { type Complaint, complaint } from './mistakes.ts';
import { RDS_NAME, RDS_NAMES } from './names.ts';
import type { Topology } from './topology.ts';

/** The data store that a restore names, or the first that can be restored. */
export const restoredStore = ({ of }: RestoreDrill, topology: Topology): string | undefined =>
  meantBy(of, topology).find((one) => objectOf(one).verbs['data.restore'] !== undefined)?.id;

/** What the restored copy is called. */
export const restoredAs = (drill: RestoreDrill, topology: Topology): string =>
  drill.restored.identifier.replaceAll(/\$\{\s*store\s*\}/g, restoredStore(drill, topology) ?? 'store');

/** What is wrong with that name. */
export function restoredFits(drill: RestoreDrill, topology: Topology): Complaint[] {
  const path = ['restored', 'identifier'];
  const name = restoredAs(drill, topology);
  if (!RDS_NAME.test(name))
    return [complaint(path, 'restored.identifier is no name that RDS accepts', { expected: RDS_NAMES })];
  if (
    !allComponents(topology).some((one) =>
      objectOf(one)
        .named?.(one as never)
        .includes(name),
    )
  )
    return [];
  const expected = 'a name of its own for the restored copy';
  return [complaint(path, `restored.identifier '${name}' is a name of the topology`, { expected })];
}
