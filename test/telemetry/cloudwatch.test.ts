import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import { awsError } from '../../src/simulator/faults.ts';
import { putMetrics } from '../../src/telemetry/cloudwatch.ts';
import { METRICS, type Metric } from '../../src/telemetry/metrics.ts';
import { drDrill, here, newFolder } from '../cli/command.ts';
import { askingDrill, liveAccount } from '../cli/live-account.ts';

const SCHEDULE = 'drills/schedules/ecommerce-platform.yaml';

/** What is sent, with an AWS that takes everything. */
async function sent(metrics: readonly Metric[]) {
  const inputs: { Namespace: string; MetricData: { MetricName: string; Dimensions: object[] }[] }[] = [];
  const aws = { call: async (...[, , , input]: unknown[]) => inputs.push(input as never) } as unknown as Aws;
  await putMetrics(metrics, { aws, region: 'eu-west-1', atMs: Date.parse('2026-03-01') });
  return inputs;
}

async function liveRun(env: Record<string, string>, ...words: string[]) {
  const runs = newFolder();
  const drill = join(newFolder(), 'asking.yaml');
  writeFileSync(drill, askingDrill({ question: 'Go on?', roles: ['on-call'], each: '1 s', otherwise: 'go-on' }));
  const answer = await drDrill(['run', drill, '--live', '--confirm', 'asking', '--runs', runs, ...words], { env });
  return { ...answer, folder: join(runs, readdirSync(runs).find((name) => name !== 'index.jsonl') ?? '') };
}

describe('--metrics cloudwatch', () => {
  test('sends the metrics of a live run to the recovery region, and they are no part of the run', async () => {
    const account = await liveAccount();
    const { exitCode, err, folder } = await liveRun(account.env, '--metrics', 'cloudwatch');
    expect([exitCode, err]).toEqual([1, '']);
    const put = account.calls.filter(({ operation }) => operation === 'PutMetricData');
    expect(put).toMatchObject([{ service: 'cloudwatch', region: 'ap-northeast-1' }]);
    expect(readFileSync(join(folder, 'journal.jsonl'), 'utf8')).not.toContain('PutMetricData');
  });

  test('is not asked for unless it is given', async () => {
    const account = await liveAccount();
    await liveRun(account.env);
    expect(account.calls.some(({ operation }) => operation === 'PutMetricData')).toBe(false);
  });

  test('that is refused is told, and changes no exit code', async () => {
    const denied = () => {
      throw awsError('AccessDenied', 'User is not authorized to perform: cloudwatch:PutMetricData', 403);
    };
    const account = await liveAccount([], { answers: { PutMetricData: denied } });
    const { exitCode, err } = await liveRun(account.env, '--metrics', 'cloudwatch');
    expect([exitCode, err]).toEqual([
      1,
      expect.stringMatching(/^No metrics were sent to CloudWatch: .*not authorized.*The journal has everything\.\n$/),
    ]);
  });

  test('is for live runs: a dry run has no account', async () => {
    const { exitCode, err } = await here(['run', 'drills/secrets-restore.yaml', '--metrics', 'cloudwatch']);
    expect([exitCode, err]).toEqual([2, expect.stringContaining('--metrics is for a live run only.')]);
  });

  test('of due sends which drills are overdue', async () => {
    const account = await liveAccount();
    const words = ['due', SCHEDULE, '--runs', newFolder(), '--at', '2026-01-08', '--metrics', 'cloudwatch'];
    const { exitCode, err } = await drDrill(words, { env: account.env });
    expect([exitCode, err]).toEqual([1, '']);
    expect(account.calls.filter(({ operation }) => operation === 'PutMetricData')).toHaveLength(1);
  });
});

test('metrics are sent a thousand at a time, with dimensions that CloudWatch takes', async () => {
  const metric = { name: METRICS.step.name, unit: 's', value: 1, attributes: { drill: 'd', step: '還原' } } as const;
  const inputs = await sent(Array.from({ length: 1_001 }, () => metric));
  expect(inputs.map(({ MetricData }) => MetricData.length)).toEqual([1_000, 1]);
  expect(inputs[1]).toEqual({
    Namespace: 'dr-drill',
    MetricData: [
      {
        MetricName: 'dr_drill_step_seconds',
        Value: 1,
        Unit: 'Seconds',
        Timestamp: new Date('2026-03-01'),
        Dimensions: [
          { Name: 'drill', Value: 'd' },
          { Name: 'step', Value: '??' },
        ],
      },
    ],
  });
});

test('the policy allows metrics of drills alone, and only where they are asked for', async () => {
  const statements = async (...words: string[]) =>
    JSON.parse((await here(['iam-policy', 'drills/secrets-restore.yaml', ...words])).out).Statement as object[];
  expect(await statements('--metrics', 'cloudwatch')).toEqual([
    ...(await statements()),
    {
      Sid: 'CloudwatchPutMetricData',
      Effect: 'Allow',
      Action: ['cloudwatch:PutMetricData'],
      Resource: ['*'],
      Condition: { StringEquals: { 'cloudwatch:namespace': 'dr-drill' } },
    },
  ]);
});

test('alarms has three alarms for each drill of a schedule: missed, failed, overdue', async () => {
  const { exitCode, out } = await here(['alarms', SCHEDULE]);
  const { Resources } = JSON.parse(out) as {
    Resources: Record<string, { Properties: { AlarmName: string; MetricName: string; Dimensions: object[] } }>;
  };
  const alarms = Object.values(Resources).map(({ Properties }) => Properties);
  const names = alarms.map(({ AlarmName }) => AlarmName);
  expect([exitCode, new Set(names).size]).toEqual([0, names.length]);
  for (const kind of ['missed', 'failed', 'overdue'])
    expect(names).toContain(`dr-drill ecommerce-platform multi-region-failover ${kind}`);
  expect(names.length % 3).toBe(0);
  expect(alarms.find(({ AlarmName }) => AlarmName.endsWith('snapshot-restore missed'))).toMatchObject({
    MetricName: 'dr_drill_missed',
    Dimensions: [
      { Name: 'drill', Value: 'snapshot-restore' },
      { Name: 'mark', Value: 'live' },
      { Name: 'as_filed', Value: 'true' },
    ],
  });
});
