import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import type { RunRecord } from '../../src/history/record.ts';
import { putMetrics } from '../../src/telemetry/cloudwatch.ts';
import { metricsOf, overdueMetrics } from '../../src/telemetry/metrics.ts';
import { here, newFolder } from '../cli/command.ts';
import { type Moto, startMoto } from './moto.ts';
import { outsideEnvironment, program } from './outside.ts';

const REGION = 'ap-northeast-1';
const template = join(newFolder(), 'alarms.json');
let moto: Moto;

beforeAll(async () => {
  moto = await startMoto();
  await here(['alarms', 'drills/schedules/ecommerce-platform.yaml', '-o', template]);
});
afterAll(() => moto?.close());

const outside = (name: 'cfn-lint' | 'aws', words: string[]) =>
  spawnSync(program(name), words, { encoding: 'utf8', env: outsideEnvironment(moto.url) });

const aws = (...words: string[]) => {
  const { stdout, stderr, status } = outside('aws', [...words, '--region', REGION, '--output', 'json']);
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};

test('cfn-lint finds nothing wrong with the template of alarms', () => {
  const { stdout, stderr, status } = outside('cfn-lint', ['--regions', REGION, '--', template]);
  expect([status, stdout, stderr]).toEqual([0, '', '']);
});

test('the stack makes its alarms, and each watches a metric that a run or a schedule sends', async () => {
  aws('cloudformation', 'create-stack', '--stack-name', 'drills', '--template-body', `file://${template}`);
  const { MetricAlarms } = aws('cloudwatch', 'describe-alarms') as {
    MetricAlarms: { MetricName: string; Namespace: string; Dimensions: { Name: string; Value: string }[] }[];
  };
  const drills = [...new Set(MetricAlarms.flatMap(({ Dimensions }) => dimensionOf(Dimensions, 'drill')))];
  expect(MetricAlarms).toHaveLength(3 * drills.length);

  const client = new CloudWatchClient({
    region: REGION,
    endpoint: moto.url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' },
  });
  const sender = {
    call: (...[, , , input]: unknown[]) => client.send(new PutMetricDataCommand(input as never)),
  } as unknown as Aws;
  const metrics = [
    ...drills.flatMap((drill) => metricsOf(recordOf(drill), 'live')),
    ...overdueMetrics(
      'ecommerce-platform',
      drills.map((drill) => ({ drill, state: 'overdue' })),
    ),
  ];
  await putMetrics(metrics, { aws: sender, region: REGION, atMs: Date.parse('2026-03-01T00:00:00Z') });
  client.destroy();

  const { Metrics } = aws('cloudwatch', 'list-metrics', '--namespace', 'dr-drill') as { Metrics: typeof MetricAlarms };
  const keyOf = ({ MetricName, Dimensions }: (typeof MetricAlarms)[number]) =>
    [MetricName, ...Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort()].join(' ');
  const known = new Set(Metrics.map(keyOf));
  expect(MetricAlarms.map(keyOf).filter((key) => !known.has(key))).toEqual([]);
});

const dimensionOf = (dimensions: { Name: string; Value: string }[], wanted: string): string[] =>
  dimensions.flatMap(({ Name, Value }) => (Name === wanted ? [Value] : []));

/** A live run that was made as its file says. */
const recordOf = (drill: string): RunRecord => ({
  format: 1,
  run: drill,
  journal: '',
  drill,
  title: drill,
  mode: 'live',
  rehearsal: false,
  overrides: [],
  simulationChanges: [],
  madeAt: '2026-03-01T00:00:00.000Z',
  outcome: 'target-missed',
  met: false,
  rtoMs: 400_000,
  rtoErrorMs: 0,
  servedAgain: null,
  rpoMs: 1_000,
  targets: { rto: 300_000, rpo: 60_000 },
  quorum: null,
  steps: { promote: 90_000 },
  findings: [],
  foundBy: {},
  supports: [],
  regions: [],
  services: [],
});
