import { describe, expect, test } from 'vitest';
import { changesMade, FAILOVER, finished, QUARANTINE, REPLICA, WRITER } from './drill.ts';

/** From the middle of the detection, over the fencing and the promotion, to the verification. */
const moments = ['5 s', '20 s', '30 s', '36 s', '45 s', '52 s', '60 s', '90 s', '120 s', '160 s', '200 s', '280 s'];

describe('an outage that ends by itself in the middle of the failover', () => {
  test.each(moments)(
    'after %s: the old writer is put in quarantine, and there are never two writers',
    async (lasts) => {
      const run = await finished(FAILOVER, [`simulation.outage.lasts=${lasts}`]);
      expect(run.outcome).toBe('passed');
      expect(run.standing.writers).toEqual([REPLICA]);
      expect(run.standing.securityGroups).toContainEqual([WRITER, [QUARANTINE]]);
      expect(changesMade(run, 'ModifyDBInstance')).toBe(1);
      expect(changesMade(run, 'RebootDBInstance')).toBe(1);
      expect(run.anHourLater.writers()).toEqual([REPLICA]);
    },
  );

  test('a lost answer to the quarantine neither repeats it nor spares the restart that ends open sessions', async () => {
    const lost = 'simulation.lostAnswers=[{service: rds, operation: ModifyDBInstance}]';
    const run = await finished(FAILOVER, ['simulation.outage.lasts=60 s', lost]);
    expect(run.outcome).toBe('passed');
    expect(changesMade(run, 'ModifyDBInstance')).toBe(1);
    expect(changesMade(run, 'RebootDBInstance')).toBe(1);
  });

  test('a lost answer to the restart does not restart it twice', async () => {
    const lost = 'simulation.lostAnswers=[{service: rds, operation: RebootDBInstance}]';
    const run = await finished(FAILOVER, ['simulation.outage.lasts=60 s', lost]);
    expect(run.outcome).toBe('passed');
    expect(changesMade(run, 'RebootDBInstance')).toBe(1);
  });

  test.each(['36 s', '60 s', '100 s'])(
    'after %s, with a promotion that fails: the quarantine is taken back',
    async (lasts) => {
      const run = await finished(FAILOVER, [`simulation.outage.lasts=${lasts}`, 'simulation.promotion.fails=true']);
      expect(run.outcome).toBe('rolled-back');
      expect(run.of('call').some(({ operation }) => operation === 'ModifyDBInstance')).toBe(true);
      expect(run.standing).toEqual(run.before);
      expect(run.standing.writers).toEqual([WRITER]);
    },
  );
});
