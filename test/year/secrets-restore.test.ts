import { expect, test } from 'vitest';
import { changesMade, finished } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'secrets-restore';

waysToFail(DRILL, [
  {
    fault: 'a replica has the previous version',
    set: ['simulation.secrets.outdated=1'],
    end: 'target-missed',
    reason: /data check failed: Each replica has the current value, in the same version \(1 of 2 secrets\)/,
  },
  {
    fault: 'replication has failed',
    set: ['simulation.secrets.replicationFails=true'],
    end: 'rolled-back',
    reason: /^preflight: the replica of ecommerce\/database in ap-northeast-1 is Failed/,
  },
  {
    fault: 'the key of the other region cannot decrypt',
    set: ['simulation.secrets.keyRefused=true'],
    end: 'rolled-back',
    reason: /^preflight: the value of ecommerce\/database in ap-northeast-1 cannot be read/,
  },
  {
    fault: 'the restored secret has a different value',
    set: ['simulation.secrets.garbles=true'],
    end: 'target-missed',
    reason: /data check failed: Each restored secret has the value of its replica \(0 of 2 secrets\)/,
  },
  {
    fault: 'other secrets with these names exist',
    set: ['simulation.secrets.taken=true'],
    end: 'rolled-back',
    reason: /^preflight: there is a secret dr-drill\/secrets-restore\/ecommerce\/database in ap-northeast-1 already/,
  },
  {
    fault: 'Secrets Manager throttles every call',
    set: ['simulation.throttling=[{ service: secretsmanager, operation: DescribeSecret, calls: 100000 }]'],
    end: 'rolled-back',
    reason: /^preflight: .*Rate exceeded/,
  },
  {
    fault: 'the test resources cannot be deleted',
    set: ['simulation.throttling=[{ service: secretsmanager, operation: DeleteSecret, calls: 100000 }]'],
    end: 'failed',
    reason: /^delete-secrets: not done within/,
  },
  {
    fault: 'the response to every change is lost once',
    set: [
      'simulation.lostAnswers=[{ service: secretsmanager, operation: CreateSecret }, { service: secretsmanager, operation: PutSecretValue }, { service: secretsmanager, operation: UpdateSecretVersionStage }, { service: secretsmanager, operation: DeleteSecret }]',
    ],
    end: 'passed',
    reason: /every target was met/,
  },
]);

test('restores both versions of each secret without the other region, and says of none what it holds', async () => {
  const run = await finished(DRILL);
  expect(run.of('data-check').map(({ check, ok }) => [check, ok])).toEqual([
    ['secrets-in-step', true],
    ['secrets-replicated', true],
    ['secrets-restored', true],
    ['secret-versions-restored', true],
  ]);
  expect(changesMade(run, 'CreateSecret')).toBe(2);
  const asked = run
    .of('call')
    .filter(
      ({ step, service }) => !['preflight', 'compare-replicas'].includes(step ?? '') && service === 'secretsmanager',
    );
  expect(new Set(asked.map(({ region }) => region))).toEqual(new Set(['ap-northeast-1']));
  const journal = JSON.stringify(run.entries);
  const values = run.world.state().secrets.flatMap(({ versions }) => versions.map(({ value }) => value));
  expect(values).toHaveLength(8);
  for (const value of values) {
    const { password } = JSON.parse('text' in value ? value.text : '') as { password: string };
    expect(journal).not.toContain(password);
  }
  expect(run.standing).toEqual(run.before);
});

test('a secret that was never rotated is restored, and that it has nothing to go back to is noted', async () => {
  const run = await finished(DRILL, ['simulation.secrets.neverRotated=true']);
  expect([run.outcome, run.of('data-check').length]).toEqual(['passed', 3]);
  expect(run.of('finding').map(({ subject, what }) => [subject, what])).toContainEqual([
    'ecommerce/payments',
    'it has no version before the current one',
  ]);
});
