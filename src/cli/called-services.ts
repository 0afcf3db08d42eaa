import type { Service } from '../aws/aws.ts';
import { candidatesOf, surpriseOf } from '../drill/candidates.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { steps } from '../platform/steps.ts';
import { factsBeforeRun } from '../runbook/not-yet-known.ts';
import { runbookFor } from '../runbook/runbook.ts';
import { callsWith } from '../steps/step.ts';

/** The services that a drill's steps and stop conditions may call: a dry run loads the clients of no other. */
export function calledServices(drill: Drill, topology: Topology): Service[] {
  const called = candidatesOf(drill).flatMap((one) => [
    ...Object.values(runbookFor(one, topology).steps).flatMap(({ kind, params }) => {
      const step = steps.get(kind);
      return step ? callsWith(step, typeof step.calls === 'function' ? params(factsBeforeRun) : undefined) : [];
    }),
    ...(one.stop ? ['cloudwatch:DescribeAlarms'] : []),
  ]);
  const telling = surpriseOf(drill) ? ['sns:Publish'] : [];
  return [...new Set([...called, ...telling].map((operation) => operation.split(':')[0] as Service))];
}
