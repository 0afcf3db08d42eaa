import { componentsOf } from '../../src/drill/components.ts';
import type { Topology } from '../../src/drill/topology.ts';
import type { Finished, Standing } from './drill.ts';

/** A data store with one writer: who takes its writes, and what keeps its sides from it. */
interface Store {
  id: string;
  writers(standing: Standing): string[];
  doors(standing: Standing): unknown;
}

function storesOf(topology: Topology): Store[] {
  return [
    ...componentsOf(topology, 'rds-replica').map(({ id, writer, replica }) => {
      const isOurs = (identifier: string) => [writer.identifier, replica.identifier].includes(identifier);
      return {
        id,
        writers: (standing: Standing) => standing.writers.filter(isOurs),
        doors: ({ securityGroups, readOnly }: Standing) => [
          securityGroups.filter(([identifier]) => isOurs(String(identifier))),
          readOnly.filter(isOurs),
        ],
      };
    }),
    ...componentsOf(topology, 'aurora-global').map(({ id, primary, recovery }) => ({
      id,
      writers: ({ auroraWriters }: Standing) =>
        auroraWriters.filter((cluster) => [primary.cluster, recovery.cluster].includes(cluster)),
      doors: () => undefined,
    })),
    ...componentsOf(topology, 'elasticache-global').map(({ id, primary, recovery }) => ({
      id,
      writers: ({ cacheRoles }: Standing) =>
        cacheRoles
          .filter(([, role]) => role === 'PRIMARY')
          .map(([group]) => String(group))
          .filter((group) => [primary.replicationGroup, recovery?.replicationGroup].includes(group)),
      doors: () => undefined,
    })),
  ];
}

/** Of each data store apart: nothing of one that was taken over is undone, and one that was not is as before where its run was taken back. */
export function storesLie(run: Finished): string[] {
  const [header] = run.of('run-started');
  if (!header) return ['there is no header'];
  const ended = ['rolled-back', 'aborted', 'failed'].includes(run.outcome);
  return storesOf(header.topology).flatMap(({ id, writers, doors }) => {
    const isOfStore = ({ step }: { step: string }) => step.split('/')[1] === id;
    const before = writers(run.before);
    const moved = writers(run.standing).some((one) => !before.includes(one));
    const undone = run.of('undo-ended').filter((one) => isOfStore(one) && one.outcome === 'ok');
    if (moved) return undone.map(({ step }) => `${id} was taken over, and ${step} was undone`);
    const isHeld = run.of('held').some(isOfStore);
    const undoFailed = run.of('undo-ended').some((one) => isOfStore(one) && one.outcome === 'failed');
    const isAsBefore = JSON.stringify(doors(run.standing)) === JSON.stringify(doors(run.before));
    return ended && !isHeld && !undoFailed && !isAsBefore
      ? [`${id} was not taken over and is not held, and its doors are not as before`]
      : [];
  });
}
