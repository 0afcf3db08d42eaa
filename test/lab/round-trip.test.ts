import { ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LiveRun, liveRun } from './command.ts';
import { type Lab, startLab } from './lab.ts';
import type { DatabaseServer } from './servers/database.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ speed: 240, records: 'weighted' });
  await lab.letStopWrites();
});
afterAll(() => lab.close());

/** What a table holds, worked out by PostgreSQL itself, the same whatever the order of its rows. */
async function contents(server: DatabaseServer): Promise<Record<string, unknown>> {
  const sums = ['customers', 'products', 'orders', 'order_items', 'dr_drill_heartbeat'].map(async (table) => {
    const [row] = await server.query(
      `select count(*)::int as rows, md5(string_agg(md5(t::text), '' order by md5(t::text))) as sum from ${table} t`,
    );
    return [table, row] as const;
  });
  return Object.fromEntries(await Promise.all(sums));
}

/** The server behind an instance of the account. */
const server = (identifier: string) => lab.controller.server(identifier) ?? expect.fail(`no server ${identifier}`);

/** As a person does with the command that the failover's report leaves behind: the region answers before PostgreSQL has replayed its log. */
async function fenceOldWriter(told: string): Promise<void> {
  const [, identifier, group] = /--db-instance-identifier (\S+) --vpc-security-group-ids (\S+)/.exec(told) ?? [];
  const rds = new RDSClient({
    endpoint: lab.server.url,
    region: 'ap-east-2',
    credentials: { accessKeyId: 'LABACCESSKEY', secretAccessKey: 'lab-secret-access-key' },
  });
  await rds.send(
    new ModifyDBInstanceCommand({
      DBInstanceIdentifier: identifier,
      VpcSecurityGroupIds: [group ?? ''],
      ApplyImmediately: true,
    }),
  );
  rds.destroy();
}

/** What only the old writer holds of its own rows, and what differs, as the servers themselves have it. */
async function conflicts(old: DatabaseServer, next: DatabaseServer): Promise<string[]> {
  const told: string[] = [];
  for (const table of ['dr_drill_heartbeat', 'customers', 'products', 'orders', 'order_items']) {
    const isShop = table !== 'dr_drill_heartbeat';
    const [{ newest } = {}] = isShop ? await old.query(`select max(created_at)::text as newest from ${table}`) : [];
    const query = isShop
      ? `select id::text as key, md5(t::text) as text from ${table} t where created_at <= '${newest}'`
      : `select sequence::text as key, '' as text from ${table} where sequence >= 0`;
    const rowsOf = async (server: DatabaseServer) =>
      new Map((await server.query(query)).map(({ key, text }) => [String(key), String(text)]));
    const [was, is] = [await rowsOf(old), await rowsOf(next)];
    const only = [...was.keys()].filter((key) => !is.has(key)).length;
    const changed = [...was].filter(([key, text]) => is.has(key) && is.get(key) !== text).length;
    const rows = (count: number) => (count === 1 ? '1 row' : `${count} rows`);
    if (only > 0) told.push(`${rows(only)} of ${table} exist only on lab-primary, and not on lab-replica`);
    if (changed > 0) told.push(`${rows(changed)} of ${table} differ between lab-primary and lab-replica`);
  }
  return told;
}

test('a failover, and home again under steady writes: both sides hold the same, and nothing acknowledged is lost', async () => {
  const failover = await liveRun(lab, lab.drills.failover);
  expect([failover.code, failover.report.verdict.reasons]).toEqual([0, []]);
  expect(lab.world.writers()).toEqual(['lab-replica']);
  await lab.outage.heal('region-outage');
  await fenceOldWriter(failover.out);
  const [old, next] = [server('lab-primary'), server('lab-replica')];
  await expect.poll(() => old.query('select 1 as up').catch(() => [])).toEqual([{ up: 1 }]);
  // A row that was never replicated, and one that changed on the old writer alone.
  await old.query("insert into customers (email, name) values ('alone@example.com', 'Only here')");
  await old.query("update products set name = 'Renamed in time' where id = 7");
  const expected = await conflicts(old, next);

  const failback = await liveRun(lab, lab.drills.shipped('failback'));
  expect([failback.code, failback.report.verdict.reasons, failback.err]).toEqual([0, [], '']);
  expect(lab.world.writers()).toEqual(['lab-primary']);
  expect(failback.report.dataLoss.rows).toMatchObject({ lost: 0 });
  expect(toldBy(failback)).toEqual(expected);
  expect(expected).toEqual(
    expect.arrayContaining([
      '1 row of customers exist only on lab-primary, and not on lab-replica',
      '1 row of products differ between lab-primary and lab-replica',
    ]),
  );
  expect(server('lab-primary-aside').gate.state).toBe('silent');
  expect(lab.controller.trouble).toEqual([]);
  await theSameOnBothSides();
});

/** What the look at the old writer found. */
const toldBy = ({ report }: LiveRun): string[] =>
  report.findings.filter(({ step }) => step === 'follow/orders/compare-old').map(({ what }) => what);

/** By PostgreSQL's own word; and no order is missing that a customer was told of since the recovery region took over. */
async function theSameOnBothSides() {
  const [home, away] = [server('lab-primary'), server('lab-replica')];
  const [written] = await home.query('select pg_current_wal_lsn() as lsn');
  const caughtUp = `select pg_last_wal_replay_lsn() >= '${written?.lsn}'::pg_lsn as there`;
  await expect.poll(() => away.query(caughtUp)).toEqual([{ there: true }]);
  expect(await contents(away)).toEqual(await contents(home));
  const { applications, kills } = await lab.truth();
  const acknowledged = applications
    .flatMap((one) => one.acknowledged)
    .filter(({ atMs }) => atMs > (kills.at(-1)?.atMs ?? 0))
    .map(({ id }) => id);
  expect(acknowledged.length).toBeGreaterThan(50);
  for (const side of [home, away]) {
    const [row] = await side.query(`select count(*)::int as there from orders where id in (${acknowledged})`);
    expect(row).toEqual({ there: acknowledged.length });
  }
}
