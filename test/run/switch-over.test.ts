import { describe, expect, test } from 'vitest';
import { componentOf } from '../../src/drill/components.ts';
import {
  changesMade,
  type Finished,
  finished,
  POINT_IN_TIME,
  PRIMARY,
  QUARANTINE,
  SNAPSHOT,
  shipped,
  WRITER,
} from './drill.ts';
import { finishedIn } from './prepared-account.ts';

const SWITCH = 'afterwards=switch-over';
const TEST_INSTANCE = { [SNAPSHOT]: 'orders-restore-drill', [POINT_IN_TIME]: 'orders-pitr-drill' } as const;

const SHOP = componentOf(shipped(SNAPSHOT).topology, 'eks').deployments.map(({ name }) => name);

/** Where the shop's applications at home write to; consumers of Kafka are no part of a switch-over. */
const addresses = ({ standing }: Finished) => [
  ...new Set(
    standing.deployments.flatMap(([region, name, , address]) =>
      region === PRIMARY && SHOP.includes(`${name}`) ? [address] : [],
    ),
  ),
];

describe.each([SNAPSHOT, POINT_IN_TIME] as const)('%s, switched over to', (drill) => {
  const restored = TEST_INSTANCE[drill];

  test('the restored database becomes the only writer, and applications use it', async () => {
    const run = await finished(drill, [SWITCH]);
    expect([run.outcome, run.exitCode]).toEqual(['passed', 0]);
    expect(run.standing.writers).toEqual([restored]);
    expect(run.standing.instances.primary).toEqual([WRITER, restored].toSorted());
    expect(run.standing.securityGroups).toContainEqual([WRITER, [QUARANTINE]]);
    expect(addresses(run)).toEqual([`${restored}.abc123.ap-east-2.rds.amazonaws.com`]);
  });

  test('data that fail a check are never switched over to', async () => {
    const run = await finished(drill, [SWITCH, 'simulation.restore.losesRows=40']);
    expect([run.outcome, run.exitCode]).toEqual(['target-missed', 1]);
    expect(run.of('decision')).toMatchObject([{ decision: 'stop', rule: 'dataNotProven' }]);
    expect(run.standing).toEqual(run.before);
  });

  test('a fence that fails is rolled back, and the test instance is deleted', async () => {
    const error: [string, string] = ['InvalidVPCNetworkStateFault', 'its network is not as it should be'];
    const run = await finishedIn({ refuses: { operation: 'ModifyDBInstance', fromCall: 1, error } }, drill, [SWITCH]);
    expect([run.outcome, run.reason]).toEqual(['rolled-back', `fence-writer/orders: ${error[1]}`]);
    expect(run.standing).toEqual(run.before);
  });

  test('applications that do not take the new address get the old one back; the database they wrote to is kept', async () => {
    const run = await finished(drill, [SWITCH, 'simulation.pods.neverReady=true']);
    expect([run.outcome, run.exitCode]).toEqual(['failed', 3]);
    expect(run.reason).toBe('point-applications/shop: not done within 10 min');
    expect(run.of('held')).toMatchObject([{ step: 'point-applications/shop' }]);
    expect(run.of('held')[0]?.reason).toContain('what customers wrote');
    expect(changesMade(run, 'DeleteDBInstance')).toBe(0);
    expect(addresses(run)).toEqual([`${WRITER}.abc123.ap-east-2.rds.amazonaws.com`]);
    expect(run.standing.writers).toContain(WRITER);
  });

  test('where the old writer cannot be released, the restored database is kept, too', async () => {
    const error: [string, string] = ['AccessDenied', 'not authorized to perform rds:ModifyDBInstance'];
    const refuses = { operation: 'ModifyDBInstance', fromCall: 2, error };
    const run = await finishedIn({ refuses }, drill, [SWITCH, 'simulation.pods.neverReady=true']);
    expect(run.outcome).toBe('failed');
    const failed = run.of('undo-ended').filter(({ outcome }) => outcome === 'failed');
    expect(failed).toMatchObject([
      {
        step: 'fence-writer/orders',
        command: expect.stringContaining('--vpc-security-group-ids sg-0a1b2c3d4e5f60001'),
      },
    ]);
    expect(run.standing.instances.primary).toContain(restored);
  });
});
