import { expect, test } from 'vitest';
import { isChange } from '../../src/aws/changes.ts';
import { mustBeAsDescribed } from '../../src/cli/before-live.ts';
import { type Drill, FAILOVER, SNAPSHOT } from '../run/drill.ts';
import { opened } from './prepared.ts';

const CHANGES = ['rds:PromoteReadReplica', 'rds:DeleteDBInstance'];

/** Asks for admission to an account whose caller may change nothing. */
async function admitted(drill: Drill, options?: { readOnly: boolean }): Promise<void> {
  const { loaded, clock, ports, gateway } = await opened({
    drill,
    change: ({ denied }) => void denied.push(...CHANGES),
  });
  const { signal } = new AbortController();
  const account = { aws: gateway({ step: 'preflight', signal }), ports, clock, signal };
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
