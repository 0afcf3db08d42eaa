import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LiveRun, liveRun } from './command.ts';
import { PASSWORD_VARIABLE, RECOVERY } from './drill-files.ts';
import type { KubernetesTrouble } from './kubernetes-api.ts';
import { type Lab, startLab } from './lab.ts';
import type { DatabaseServer } from './servers/database.ts';
import { rowsIn } from './servers/heartbeats.ts';
import type { TcpTrouble } from './tcp-proxy.ts';

const SECRET = 'lab/drill';
const struck: string[] = [];

/** Every third request meets the next trouble. */
function everyThird(): KubernetesTrouble {
  const conflict = {
    code: 409,
    reason: 'Conflict',
    message: 'the object has been modified; please apply your changes',
  };
  const busy = {
    code: 429,
    reason: 'TooManyRequests',
    message: 'too many requests, please try again later',
    retryAfterSeconds: 1,
  };
  const expired = { code: 410, reason: 'Expired', message: 'The resourceVersion for the provided list is too old.' };
  const forReads = [busy, 'reset', expired, 'late', 'cut'] as const;
  const forChanges = [conflict, 'reset', busy, 'late'] as const;
  const counts = { requests: 0, reads: 0, changes: 0 };
  return ({ method, pathname }) => {
    counts.requests += 1;
    if (counts.requests % 3 !== 0) return undefined;
    const [kind, all] = method === 'GET' ? (['reads', forReads] as const) : (['changes', forChanges] as const);
    const trouble = all[counts[kind] % all.length];
    counts[kind] += 1;
    struck.push(`${method} ${pathname}: ${typeof trouble === 'object' ? trouble.code : trouble}`);
    return trouble;
  };
}

/** The role may not connect for a moment, and its password changes for good. */
async function unsettle(server: DatabaseServer, lab: Lab, password: string): Promise<void> {
  await server.query('alter role dr_drill connection limit 0');
  await server.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'dr_drill'");
  await sleep(500);
  await server.query('alter role dr_drill connection limit -1');
  await server.query(`alter role dr_drill password '${password}'`);
  await lab.world.transport.send('secretsmanager', RECOVERY, 'PutSecretValue', {
    SecretId: SECRET,
    SecretString: password,
  });
  struck.push(`${server.identifier}: full, then another password`);
}

/** Every fourth connection breaks while it waits for an answer, and one of each server gets none. */
const sqlTrouble: TcpTrouble = (nth) => {
  const fate = nth === 5 ? 'silence' : nth % 4 === 2 ? 'reset' : undefined;
  if (fate) struck.push(`connection ${nth} of PostgreSQL: ${fate}`);
  return fate;
};

let lab: Lab;
let run: LiveRun;
beforeAll(async () => {
  lab = await startLab({ speed: 100, replicationDelayMs: 300, kubernetesTrouble: everyThird(), sqlTrouble });
  const SecretString = lab.environment[PASSWORD_VARIABLE];
  await lab.world.transport.send('secretsmanager', RECOVERY, 'CreateSecret', { Name: SECRET, SecretString });
  const topology = join(lab.folder, 'topology.yaml');
  const fromSecret = readFileSync(topology, 'utf8')
    .replace('from: environment', 'from: secrets-manager')
    .replace(`variable: ${PASSWORD_VARIABLE}`, `secret: ${SECRET}`);
  writeFileSync(topology, fromSecret);
  const { writer, replica } = lab.pair;
  const unsettled = { writer: false, replica: false };
  let busy = Promise.resolve();
  run = await liveRun(lab, lab.drills.failover, {
    args: ['--set', 'targets.rto=5 min'],
    watch: () => {
      busy = busy.then(async () => {
        if (!unsettled.writer && lab.failedMs() === undefined) {
          unsettled.writer = true;
          await unsettle(writer, lab, 'the second password');
        }
        if (!unsettled.replica && lab.failedMs() !== undefined && !(await replica.isStandby())) {
          unsettled.replica = true;
          await unsettle(replica, lab, 'the third password');
        }
      });
    },
  });
  await busy;
  expect(unsettled).toEqual({ writer: true, replica: true });
}, 180_000);
afterAll(() => lab?.close());

test('a region is lost while connections, passwords and Kubernetes APIs are in trouble: the other takes over all the same', async () => {
  for (const trouble of ['429', '409', '410', 'late', 'cut', 'silence', 'full, then another password'])
    expect(struck).toContainEqual(expect.stringContaining(trouble));
  expect([run.code, run.out]).toEqual([0, expect.stringContaining('Passed in rehearsal.')]);
  expect(lab.world.writers()).toEqual(['lab-replica']);
  expect(lab.controller.twoWriters).toEqual([]);
});

test('what was lost is what the databases themselves lack, to the row', async () => {
  const acknowledged = run.entries.flatMap((entry) =>
    entry.type === 'heartbeats' ? entry.rows.map(([row]) => row) : [],
  );
  const present = new Set(await rowsIn(lab.pair.replica));
  const lost = acknowledged.filter((row) => !present.has(row)).length;
  expect(run.report.dataLoss.rows).toMatchObject({ acknowledged: acknowledged.length, lost });
});
