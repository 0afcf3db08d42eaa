import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { restoreRunbook } from './backup-restore.ts';
import { customRunbook } from './custom.ts';
import { lineOf, type Runbook } from './form.ts';
import { failoverRunbook } from './multi-region-failover.ts';
import { partitionRunbook } from './network-partition.ts';
import { preflightOf } from './preflight.ts';

/** The steps of a drill on a topology, with their deadlines as the drill has them. */
export function runbookFor(drill: Drill, topology: Topology): Runbook {
  const found = known.get(drill)?.get(topology) ?? madeFor(drill, topology);
  known.set(drill, (known.get(drill) ?? new WeakMap()).set(topology, found));
  return found;
}

/** Made once: a machine is known by the course that it was made from. */
const known = new WeakMap<Drill, WeakMap<Topology, Runbook>>();

function madeFor(drill: Drill, topology: Topology): Runbook {
  const course = plainRunbook(drill, topology);
  const runbook = { ...course, steps: { preflight: preflightOf(course, drill, topology), ...course.steps } };
  for (const [name, step] of Object.entries(runbook.steps))
    step.deadlineMs = drill.deadlines[name] ?? drill.deadlines[lineOf(name)] ?? step.deadlineMs;
  return runbook;
}

function plainRunbook(drill: Drill, topology: Topology): Runbook {
  switch (drill.machine) {
    case 'multi-region-failover':
      return failoverRunbook(drill, topology);
    case 'network-partition':
      return partitionRunbook(drill, topology);
    case 'backup-restore':
      return restoreRunbook(drill, topology);
    case 'custom':
      return customRunbook(drill, topology);
  }
}
