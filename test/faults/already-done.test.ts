import { expect, test } from 'vitest';
import { shipped } from '../run/drill.ts';
import { cellsOf } from './cells.ts';
import { liveRun } from './live-run.ts';
import { violations } from './oracle.ts';
import { oneBlow } from './plan.ts';

/** What the tables of `npm run torture:live` once showed: each with the way in which it went wrong. */
test.each([
  ['secrets-restore', 'DeleteSecret', 'delivered twice', 'failed, although the secret was gone'],
  ['secrets-restore', 'UpdateSecretVersionStage', 'delivered twice', 'rolled back, although the version was in force'],
  [
    'secrets-restore',
    'DescribeSecret in restore-versions',
    'stale once',
    'rolled back, as one answer knew of no secret',
  ],
  [
    'aurora-global-failover',
    'DescribeGlobalClusters in rejoined',
    'stale once',
    'failed, as it switched back too early',
  ],
  ['network-partition', 'GetObject in preflight', '503', 'was stopped, as the witness was asked once'],
  ['object-store-recovery', 'GetObject', 'garbled', 'rolled back, as the checksum was wrong'],
  ['object-store-recovery', 'HeadObject in write-object', 'stale once', 'rolled back, as one look found no object'],
  [
    'object-store-recovery',
    'HeadObject in restore-version',
    'stale once',
    'failed, as one look found the object there',
  ],
  [
    'object-store-recovery',
    'HeadObject in delete-object',
    'stale once',
    'deleted nothing, as one look found no object',
  ],
  ['configuration-restore', 'GetObject', 'stalled mid-body', 'waited for the rest until its deadline'],
  ['configuration-restore', 'GetObject', 'truncated', 'rolled back, as the archive seemed damaged'],
  ['configuration-restore', 'GetObject', 'garbled', 'rolled back, as the archive seemed damaged'],
])('%s: %s, %s, passes; it once %s', async (name, what, faultName) => {
  const [operation, step] = what.split(' in ');
  const unbroken = await liveRun(shipped(name));
  const cells = cellsOf(unbroken).filter(
    (one) => one.operation === operation && one.fault.name === faultName && (!step || one.step === step),
  );
  expect(cells).not.toEqual([]);
  for (const cell of cells) {
    const run = await liveRun(shipped(name), [], { plan: (clock) => oneBlow(cell, clock) });
    const mayRepeat = faultName === 'delivered twice' ? 1 : 0;
    expect([run.reason, ...violations(run, unbroken, { mayRepeat })]).toEqual([unbroken.reason]);
  }
});
