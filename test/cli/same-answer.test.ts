import { afterEach, expect, test, vi } from 'vitest';
import { thingOf } from '../../src/components/schemas.ts';
import { loadDrill } from '../../src/drill/load.ts';
import { preflightNeeds } from '../../src/runbook/look.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import type { Need } from '../../src/steps/needs.ts';
import { type Defect, defectOf } from '../account/defects.ts';
import { scratch, shippedTopology } from '../drill/files.ts';
import { here, newFolder } from './command.ts';
import { liveAccount } from './live-account.ts';

/** A drill of a file's own, for what no shipped drill starts. */
const OWN = scratch().write(
  'own.yaml',
  [
    'drill: own',
    'title: What a drill of its own starts',
    'machine: custom',
    `topology: ${shippedTopology}`,
    'targets: { rto: null, rpo: null }',
    'phases:',
    '  - phase: start',
    '    steps:',
    '      - { step: warm, uses: lambda.invoke, with: { function: warm-up, changes: false } }',
    '      - { step: drain, uses: ssm.automation, with: { document: Shop-Drain, undo: nothing } }',
    '      - { step: stress, uses: fis.experiment, with: { template: EXT2StressTheNodes, in: recovery, within: 5 min } }',
    'stop: { alarms: [{ region: ap-northeast-1, name: shop-error-rate }] }',
    'simulation:',
    '  automations: [{ document: Shop-Drain }]',
    '  experiments: [{ template: EXT2StressTheNodes, lasts: 4 min }]',
    '  functions: [{ function: warm-up }]',
  ].join('\n'),
);

/** Another for the public name, whose name servers nobody finds here: each look at it takes its patience. */
const SHIFT = scratch().write(
  'shift.yaml',
  [
    'drill: shift',
    'title: The public name is moved',
    'machine: custom',
    `topology: ${shippedTopology}`,
    'targets: { rto: null, rpo: null }',
    'phases:',
    '  - { phase: start, steps: [{ step: shift, uses: traffic.shift }] }',
  ].join('\n'),
);

/** Drills that ask no database, which no account serves. */
const DRILLS = [
  SHIFT,
  ...[
    'cross-region-restore',
    'redis-restore',
    'secrets-restore',
    'object-store-recovery',
    'replica-promotion',
    'kafka-failover',
  ].map((name) => `drills/${name}.yaml`),
  OWN,
];

/** What the clusters themselves say, which no account serves. */
const IN_CLUSTERS = ['kafka-mirror', 'deployments', 'kubernetes-access', 'autoscalers'];

type Broken = { [K in 'change' | 'answers' | 'overrides']?: Defect[K] | undefined };

/** One need of each kind, with what breaks its thing in an account. */
const broken = [...new Map(DRILLS.flatMap((path) => kindsOf(path).map((one) => [one.kind, one]))).values()];

function kindsOf(path: string) {
  const { drill, topology } = loadDrill(path, { vocabulary });
  return preflightNeeds(drill, topology).flatMap((need: Need) => {
    if (IN_CLUSTERS.includes(need.need)) return [];
    const { change, answers, overrides } = defectOf(need);
    if (!change && !answers && !overrides) return [];
    const state = 'state' in need ? ` (${need.state})` : '';
    return [{ kind: `${need.need}${state}`, thing: thingOf(need), path, defect: { change, answers, overrides } }];
  });
}

afterEach(() => {
  vi.unstubAllEnvs();
});

interface Found {
  severity: string;
  what: string;
}

/** What a live preflight finds in an account, with its exit code and what a live run of the same drill says. */
async function answers(path: string, { overrides, ...defect }: Broken = {}) {
  const { env } = await liveAccount(overrides, { path, ...defect });
  for (const [name, value] of Object.entries({ ...env, AWS_REGION: 'ap-northeast-1' })) vi.stubEnv(name, value);
  const { exitCode, out } = await here(['preflight', path, '--live', '--json']);
  const { findings } = JSON.parse(out) as { findings: Found[] };
  return { exitCode, findings: findings.filter(({ severity }) => severity !== 'note') };
}

/** All brokers of a cluster are asked at once, and the first one that fails is named. */
const ofAnyBroker = (text: string): string => text.replace(/\bb-\d+\./g, 'b-n.');

const healthy = new Map<string, ReturnType<typeof answers>>();

test.each(broken)(
  'preflight and the beginning of a live run say the same of a broken $kind',
  async ({ path, defect }) => {
    if (!healthy.has(path)) healthy.set(path, answers(path));
    const usual = (await healthy.get(path))?.findings.map(({ what }) => what);
    const preflight = await answers(path, defect);
    const run = await here(['run', path, '--live', '--runs', newFolder()]);
    expect(preflight.findings.filter(({ what }) => !usual?.includes(what))).not.toEqual([]);
    const blockers = preflight.findings.filter(({ severity }) => severity === 'blocker');
    expect([preflight.exitCode, run.exitCode]).toEqual([blockers.length > 0 ? 1 : 0, 2]);
    for (const { what } of blockers) expect(ofAnyBroker(run.err)).toContain(ofAnyBroker(what));
    // Where nothing stops it, the run comes to its next question.
    expect(run.err.includes('--confirm')).toBe(blockers.length === 0);
  },
  120_000,
);
