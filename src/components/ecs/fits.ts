import type { ComponentOf } from '../../drill/components.ts';
import type { Path } from '../../drill/locate.ts';
import { type Complaint, complaint } from '../../drill/mistakes.ts';
import type { Topology } from '../../drill/topology.ts';
import { OWN } from '../fits.ts';
import { nameOn } from './place.ts';
import type { Ecs } from './schema.ts';

/** What writes somewhere writes to a data store of the topology, and finds its writer in one way. */
export const usesFit = ({ id, uses }: ComponentOf<'ecs'>, topology: Topology): Complaint[] =>
  Object.entries(uses).flatMap(([store, { variable, restart }]) => {
    const path: Path = ['compute', id, 'uses', store];
    if (!(store in topology.data)) {
      const expected = `one of ${Object.keys(topology.data).join(', ') || 'data, in the topology'}`;
      return [complaint(path, `the topology has no data store '${store}'`, { expected })];
    }
    if ((variable === undefined) !== (restart === undefined)) return [];
    const message =
      variable === undefined ? 'it is not said how tasks find the writer' : 'tasks find the writer in two ways';
    return [complaint(path, message, { expected: "either 'variable' or 'restart: true'" })];
  });

/** One cluster has one service of a name. */
export const servicesApart = ({ services }: Ecs, path: Path): Complaint[] =>
  services.flatMap((one, index) =>
    (['primary', 'recovery'] as const)
      .filter((side) => services.slice(0, index).some((other) => nameOn(other, side) === nameOn(one, side)))
      .slice(0, 1)
      .map((side) => complaint([...path, 'services', index], `there are two services '${nameOn(one, side)}'`, OWN)),
  );
