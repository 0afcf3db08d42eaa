import { expect, test } from 'vitest';
import { isChange } from '../../src/aws/changes.ts';
import { mustBeAsDescribed } from '../../src/cli/live.ts';
import { type Drill, FAILOVER, SNAPSHOT } from '../run/drill.ts';
import { opened } from './prepared.ts';

const CHANGES = ['rds:PromoteReadReplica', 'rds:DeleteDBInstance'];

/** Asks for admission to an account whose caller may change nothing. */
async function admitted(drill: Drill, options?: { readOnly: boolean }): Promise<void> {
  const { loaded, clock, gateway } = await opened({ drill, change: ({ denied }) => void denied.push(...CHANGES) });
  // Of a live account, admission uses the clock and the way to AWS.
  const account = { aws: gateway, clock } as unknown as Parameters<typeof mustBeAsDescribed>[1];
  await clock.run(mustBeAsDescribed(loaded, account, options));
}

test.each([FAILOVER, SNAPSHOT] as const)(
  '%s is admitted for reading to a caller who may change nothing',
  async (drill) => {
    expect(CHANGES.every(isChange)).toBe(true);
    await expect(admitted(drill, { readOnly: true })).resolves.toBeUndefined();
  },
);

test.each([FAILOVER, SNAPSHOT] as const)(
  '%s is not admitted for a change that its caller may not make',
  async (drill) => {
    await expect(admitted(drill)).rejects.toThrow(/^rds:(Promote|Delete)\w+ on .* is not allowed to /);
  },
);
