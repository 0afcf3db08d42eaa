import { expect, test } from 'vitest';
import { finished } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'object-store-recovery';

waysToFail(DRILL, [
  {
    fault: 'replication fails',
    set: ['simulation.objectReplication.fails=true'],
    end: 'rolled-back',
    reason:
      /^wait-for-replication: S3 could not replicate dr-drill\/object-store-recovery\/\d+ to ecommerce-media-tokyo/,
  },
  {
    fault: 'replication does not finish in time',
    set: ['simulation.objectReplication.takes=1 h'],
    end: 'rolled-back',
    reason: /^wait-for-replication: not done within 15 min/,
  },
  {
    fault: 'old objects are missing in the replica',
    set: ['simulation.objectReplication.lacks=2'],
    end: 'target-missed',
    reason: /data check failed: Objects that have been there for a while .* \(\S+: 1 of 3 objects are\)/,
  },
  {
    fault: 'the copied object has different contents',
    set: ['simulation.objectReplication.corrupts=true'],
    end: 'target-missed',
    reason:
      /data check failed: The replica holds the bytes that were written \(\S+: SHA-256 \w+, where \w+ was written\)/,
  },
  {
    fault: 'S3 throttles the restore of the version',
    set: ['simulation.throttling=[{ service: s3, operation: CopyObject, calls: 100000 }]'],
    end: 'rolled-back',
    reason: /^restore-version: /,
  },
  {
    fault: 'S3 throttles every call',
    set: ['simulation.throttling=[{ service: s3, calls: 100000 }]'],
    end: 'rolled-back',
    reason: /^preflight: cannot read /,
  },
  {
    fault: 'written test data cannot be removed',
    set: ['simulation.throttling=[{ service: s3, operation: ListObjectVersions, calls: 100000 }]'],
    end: 'failed',
    reason: /^remove-versions: /,
  },
  {
    fault: 'the response to every change is lost once',
    set: [
      'simulation.lostAnswers=[{ service: s3, operation: PutObject }, { service: s3, operation: DeleteObject }, { service: s3, operation: CopyObject }]',
    ],
    end: 'passed',
    reason: /every target was met/,
  },
]);

test('compares what was written in three places, and leaves no version behind', async () => {
  const run = await finished(DRILL);
  expect(run.of('data-check').map(({ check, instance, ok }) => [check, instance, ok])).toEqual([
    ['objects-replicated', 'ecommerce-media-tokyo', true],
    ['object-replicated', 'ecommerce-media-tokyo', true],
    ['object-restored', 'ecommerce-media-taipei', true],
  ]);
  expect(run.of('check').filter(({ ok }) => !ok)).toEqual([]);
  expect(run.standing).toEqual(run.before);
});
