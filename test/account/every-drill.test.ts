import { describe, expect, test } from 'vitest';
import { nameIn, parseArn } from '../../src/arn.ts';
import { isChange } from '../../src/aws/changes.ts';
import { thingOf } from '../../src/components/schemas.ts';
import { candidatesOf, surpriseOf } from '../../src/drill/candidates.ts';
import { preflightNeeds } from '../../src/runbook/look.ts';
import { factsBeforeRun } from '../../src/runbook/not-yet-known.ts';
import { runbookFor } from '../../src/runbook/runbook.ts';
import { finished, shipped } from '../run/drill.ts';
import { type Case, cases, stepsSaid } from './cases.ts';
import { defectOf } from './defects.ts';
import { inLines, lookedAt } from './prepared.ts';

/** Questions about the account as a whole: who calls, what IAM allows, and quotas. */
const ABOUT_THE_ACCOUNT = ['sts', 'iam', 'servicequotas'];

const serious = (lines: readonly string[]): string[] => lines.filter((line) => !line.startsWith('note'));

describe.each(cases)('the preflight of $title', (one) => {
  const { drill, overrides = [] } = one;
  const loaded = shipped(drill, overrides);

  test('finds no blocker in the account that the drill is made for, and changes nothing', async () => {
    const { calls, ...look } = await lookedAt({ drill, overrides });
    expect(inLines(look).filter((line) => line.startsWith('blocker'))).toEqual([]);
    expect(calls.filter(isChange)).toEqual([]);
  });

  test.skipIf(surpriseOf(loaded.drill))('finds what the first step of the drill finds', async () => {
    const run = await finished(drill, overrides);
    const { seq: end = 0 } = run.of('step-ended')[0] ?? {};
    const ofStep = run.of('finding').filter(({ seq }) => seq < end);
    const { findings } = await lookedAt({ drill, overrides });
    expect(ofStep.map(({ what }) => what)).toEqual(findings.map(({ what }) => what));
  });

  test('asks AWS for nothing that no step of the drill names', async () => {
    const { asked } = await lookedAt({ drill, overrides });
    const said = stepsSaid(one);
    const movesCustomers = said.some(({ needs }) => needs.some(({ need }) => need === 'public-name'));
    const touched = JSON.stringify([
      said.map(({ params, permissions, calls }) => [params, permissions, calls]),
      watchesOf(one),
      loaded.drill.stop,
      loaded.topology.notices,
      // Anyone who moves customers must find the name that they come by.
      movesCustomers && loaded.topology.traffic,
    ]);
    const names = asked
      .filter(({ service }) => !ABOUT_THE_ACCOUNT.includes(service))
      .flatMap(({ service, region, operation, input }) =>
        namesIn(input).map((name) => ({ call: `${service}:${operation} in ${region}`, name })),
      );
    // Elastic Load Balancing ends the ARNs of target groups with sixteen digits of its own, which an answer told.
    const known = (name: string) => touched.includes(name.replace(/\/[0-9a-f]{16}$/, ''));
    expect(names.filter(({ name }) => !known(name))).toEqual([]);
  });

  const needs = preflightNeeds(loaded.drill, loaded.topology).filter(
    (need) => need.need !== 'database-login' || need.exists,
  );
  test.each(needs.map((need) => [`${need.need} ${thingOf(need)}`, need] as const))(
    'says so where this is broken: %s',
    async (_, need) => {
      const broken = defectOf(need);
      const healthy = serious(inLines(await lookedAt({ drill, overrides })));
      const found = serious(
        inLines(await lookedAt({ drill, ...broken, overrides: [...overrides, ...(broken.overrides ?? [])] })),
      );
      expect(found.filter((line) => !healthy.includes(line))).not.toEqual([]);
    },
  );
});

/** Members of inputs that name a resource. What an answer led to, such as the option group of an instance, is named by no step. */
const NAMING =
  /^(DB\w+Identifier|GlobalClusterIdentifier|DB(Subnet|Parameter)GroupName|Cache\w+GroupName|\w*ReplicationGroupId|clusterName|nodegroupName|FunctionName|Name|id|Id|KeyId|Bucket|SecretId|HealthCheckId|HostedZoneId|AlarmNames|\w*Arn|Values|ClusterNameFilter)$/;

/** The names of resources in an input, ARNs without what only AWS knows. */
function namesIn(input: object): string[] {
  return Object.entries(input).flatMap(([key, value]) => {
    if (Array.isArray(value) && typeof value[0] === 'object')
      return key === 'Filters' ? value.flatMap(({ Values }) => Values) : [];
    return NAMING.test(key) ? [value].flat().map((one) => (parseArn(one) ? nameIn(one) : one)) : [];
  });
}

function watchesOf({ drill: name, overrides = [] }: Case): unknown {
  const { drill, topology } = shipped(name, overrides);
  return candidatesOf(drill).map((one) =>
    Object.values(runbookFor(one, topology).watches).map(({ params }) => params(factsBeforeRun)),
  );
}
