import { afterAll, beforeAll, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import type { DrillError } from '../../src/errors.ts';
import { liveSql } from '../../src/live/sql.ts';
import { lookFromBothSides, type Sight } from '../../src/platform/quorum/sight.ts';
import type { StepContext } from '../../src/steps/step.ts';
import type { Pair } from './postgres/index.ts';
import { startShop, writeHeartbeats } from './postgres/shop-pair.ts';

const SIDES = {
  writer: {
    region: 'ap-east-2',
    instance: 'ecommerce-db-primary',
    name: 'shop',
    engine: 'postgres' as const,
    cluster: false,
  },
  replica: {
    region: 'ap-northeast-1',
    instance: 'ecommerce-db-dr-replica',
    name: 'shop',
    engine: 'postgres' as const,
    cluster: false,
  },
  silenceMs: 2_000,
  timeoutMs: 2_000,
};

let pair: Pair;
let sql: ReturnType<typeof liveSql>;
let heartbeats: Awaited<ReturnType<typeof writeHeartbeats>>;

beforeAll(async () => {
  pair = await startShop();
  sql = liveSql({
    locate: async ({ instance }) => {
      const { host, port } = instance === SIDES.writer.instance ? pair.writer : pair.replica;
      return { host, port };
    },
    login: { user: 'dr_drill', password: { from: 'iam' }, tls: 'off' },
    password: async () => 'a drill in the lab',
    dns: {
      resolve: async (name) => ({ addresses: [name], ttlMs: 0 }),
      authoritative: async (name) => ({ addresses: [name], ttlMs: 0 }),
    },
    clock: realClock(),
    readOnly: true,
  });
  heartbeats = await writeHeartbeats(pair.writer, { everyMs: 100 });
});
afterAll(async () => {
  await heartbeats.stop();
  await sql.close();
  await pair.close();
});

const look = (): Promise<Sight[]> =>
  lookFromBothSides(SIDES, { sql, signal: new AbortController().signal } as unknown as StepContext);
const seen = async () => (await look()).map(({ sees }) => sees);

test('a role that may not see the replication is told what lets it; then each side sees the other', async () => {
  const error = await look().catch((failure: DrillError) => failure);
  expect(error).toMatchObject({ code: 'cannot-see-replication' });
  const [statement = ''] = /grant .*;/.exec((error as DrillError).hint ?? '') ?? [];
  await pair.writer.query(statement.replace('<role>', 'dr_drill'));
  await expect.poll(seen, { timeout: 10_000 }).toEqual([true, true]);
});

test('when the link is cut neither side sees the other, and both do again once it is fixed', async () => {
  await pair.replication.blackhole();
  expect(await seen()).toEqual([true, true]);
  await expect.poll(seen, { timeout: 10_000 }).toEqual([false, false]);
  await pair.replication.pass();
  await expect.poll(seen, { timeout: 20_000 }).toEqual([true, true]);
});

test('a side that is out of reach sees nothing that anybody could know of', async () => {
  await pair.replica.gate.blackhole();
  expect(await look()).toEqual([
    expect.objectContaining({ sees: true }),
    expect.objectContaining({ sees: null, detail: expect.stringContaining('cannot be asked') }),
  ]);
  await pair.replica.gate.pass();
});
