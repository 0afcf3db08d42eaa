import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isChange } from '../../src/aws/changes.ts';
import { surpriseOf } from '../../src/drill/candidates.ts';
import { preflightNeeds } from '../../src/runbook/look.ts';
import { factsBeforeRun } from '../../src/runbook/not-yet-known.ts';
import { runbookFor } from '../../src/runbook/runbook.ts';
import { steps } from '../../src/steps/index.ts';
import { thingOf } from '../../src/steps/needs.ts';
import { callsWith } from '../../src/steps/step.ts';
import { finished, shipped } from '../run/drill.ts';
import { defectOf } from './defects.ts';
import { inLines, lookedAt } from './prepared.ts';

const drills = readdirSync('drills')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace('.yaml', ''));

/** Questions of the preflight's own: who calls, what IAM and quotas allow, and what CloudWatch knows. */
const ITS_OWN = ['sts', 'iam', 'servicequotas', 'cloudwatch'];

const serious = (lines: readonly string[]): string[] => lines.filter((line) => !line.startsWith('note'));

describe.each(drills)('the preflight of %s', (drill) => {
  const loaded = shipped(drill);

  test('finds no blocker in the account that the drill ships with, and changes nothing', async () => {
    const { calls, ...look } = await lookedAt({ drill });
    expect(inLines(look).filter((line) => line.startsWith('blocker'))).toEqual([]);
    expect(calls.filter(isChange)).toEqual([]);
  });

  test.skipIf(surpriseOf(loaded.drill))('finds what the first step of the drill finds', async () => {
    const run = await finished(drill);
    const { seq: end = 0 } = run.of('step-ended')[0] ?? {};
    const ofStep = run.of('finding').filter(({ seq }) => seq < end);
    const { findings } = await lookedAt({ drill });
    expect(ofStep.map(({ what }) => what)).toEqual(findings.map(({ what }) => what));
  });

  test.skipIf(surpriseOf(loaded.drill))('asks no service that no step of the drill touches', async () => {
    const { calls } = await lookedAt({ drill });
    const runbook = runbookFor(loaded.drill, loaded.topology);
    const touched = Object.entries(runbook.steps).flatMap(([name, { kind, params }]) => {
      const step = steps.get(kind);
      if (!step || name === 'preflight') return [];
      const given = step.params.parse(params(factsBeforeRun));
      const allowed = step.permissions(given, loaded.topology.account).map(({ action }) => action);
      // Whoever moves customers must find the name that they come by.
      const byName = step.needs(given).some(({ need }) => need === 'public-name') ? ['route53:'] : [];
      return [...callsWith(step, given), ...allowed, ...byName];
    });
    const services = new Set([...touched.map((one) => one.split(':')[0]), ...ITS_OWN]);
    expect([...new Set(calls.map((one) => one.split(':')[0]))].filter((one) => !services.has(one))).toEqual([]);
  });

  const needs = preflightNeeds(loaded.drill, loaded.topology).filter(
    (need) => need.need !== 'database-login' || need.exists,
  );
  test.each(needs.map((need) => [`${need.need} ${thingOf(need)}`, need] as const))(
    'says so where this is broken: %s',
    async (_, need) => {
      const healthy = serious(inLines(await lookedAt({ drill })));
      const found = serious(inLines(await lookedAt({ drill, ...defectOf(need) })));
      expect(found.filter((line) => !healthy.includes(line))).not.toEqual([]);
    },
  );
});
