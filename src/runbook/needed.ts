import { regionalArn } from '../arn.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import { steps } from '../platform/steps.ts';
import { loginPermissions } from '../steps/data/login-permissions.ts';
import { sqlStores } from '../steps/given.ts';
import { type Granted, merged } from '../steps/granted.ts';
import type { Need } from '../steps/needs.ts';
import type { Permission } from '../steps/step.ts';
import type { RunbookStep } from './form.ts';
import { factsBeforeRun } from './not-yet-known.ts';

/** What some steps may do, and logging in beside them: for the preflight to hold against IAM. */
export function neededBy(
  runbook: Record<string, RunbookStep>,
  drill: Pick<Drill, 'stop'>,
  topology: Topology,
  needs: readonly Need[],
): Granted[] {
  const ofSteps = Object.entries(runbook).flatMap(([name, { kind, params }]) => {
    const step = steps.get(kind);
    if (!step) throw new DrillError('step-missing', `There is no step of the kind ${kind} for ${name}.`);
    return step.permissions(step.params.parse(params(factsBeforeRun)), topology.account);
  });
  return merged([...ofSteps, ...neededBeside(drill, topology, needs)]);
}

/** What a run needs that is no single step's. */
export const neededBeside = (drill: Pick<Drill, 'stop'>, topology: Topology, needs: readonly Need[]): Permission[] => [
  ...loginNeeded(topology, needs),
  ...stopNeeded(drill, topology),
];

/** What looking for a reason to stop needs. */
const stopNeeded = ({ stop }: Pick<Drill, 'stop'>, { account }: Topology): Permission[] => [
  ...(stop?.alarms ?? []).map(({ region, name }) => ({
    action: 'cloudwatch:DescribeAlarms',
    resource: regionalArn({ service: 'cloudwatch', region, account, resource: `alarm:${name}` }),
  })),
  ...(stop?.replicationLag === undefined ? [] : [{ action: 'cloudwatch:GetMetricData', resource: '*' }]),
];

/** What logging in to the databases needs, where the drill does. */
function loginNeeded(topology: Topology, needs: readonly Need[]): Permission[] {
  const { account, regions } = topology;
  const where = needs.flatMap((need) => (need.need === 'database-login' ? [need.region] : []));
  if (where.length === 0) return [];
  return sqlStores(topology).flatMap(({ login }) =>
    loginPermissions(login, {
      account,
      regions: [...new Set(where)].sort(),
      secretRegion: regions.recovery,
    }),
  );
}
