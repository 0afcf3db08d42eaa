import type { Service } from '../aws/aws.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { runbookFor } from '../runbook/runbook.ts';
import { steps } from '../steps/index.ts';

/** The services that a drill's steps and stop conditions may call: a dry run loads the clients of no other. */
export function calledServices(drill: Drill, topology: Topology): Service[] {
  const called = Object.values(runbookFor(drill, topology).steps).flatMap(({ kind }) => steps.get(kind)?.calls ?? []);
  const named = called.map((operation) => operation.split(':')[0] as Service);
  return [...new Set(drill.stop ? [...named, 'cloudwatch' as const] : named)];
}
