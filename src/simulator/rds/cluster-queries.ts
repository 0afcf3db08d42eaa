import { componentOf } from '../../drill/components.ts';
import { DrillError } from '../../errors.ts';
import type { Query, Row } from '../../ports/sql.ts';
import { OWN } from '../../steps/data/checks.ts';
import { named } from '../faults.ts';
import { isOutOfReach } from '../partition.ts';
import { answerAboutCarried, CARRYING } from '../shop/carried.ts';
import { type Held, type Span, spanOf } from '../shop/orders.ts';
import { checksums, rowCounts, wrongRows } from '../shop/rows.ts';
import { at, plan } from '../timeline.ts';
import type { World } from '../world.ts';
import { readOnlyWords } from './engines.ts';
import {
  addressesOf,
  type Found,
  holdsUntilMs,
  isLost,
  lastSentMs,
  takesWritesIn,
  writerAt,
} from './global-database.ts';
import { applicationsWriteTo, customersWriteTo, instants } from './history.ts';

/** What a cluster answers to a query, by the query's name, in the database of that name. */
export function answerOfCluster(world: World, found: Found, inside: string, query: Query): Row[] {
  const { database, cluster } = found;
  const { name, values = [], readOnly } = query;
  mustLetIn(world, found);
  const nowMs = world.clock.nowMs();
  const leads = at(cluster.isWriter, nowMs);
  if (inside !== database.database) throw named('QueryFailed', `database "${inside}" does not exist`);
  switch (name) {
    case 'is-standby':
      return [{ standby: !leads }];
    case 'prove-write':
      mustTakeWrites(world, found);
      return [];
    case 'writes.setting':
      return [{ setting: at((writerAt(database, nowMs) ?? cluster).readOnly, nowMs) ? 'on' : 'off' }];
    case 'writes.stop':
    case 'writes.allow':
      if (!leads) throw named('ReadOnly', 'cannot execute this statement during recovery');
      plan(cluster.readOnly, nowMs, [[nowMs, name === 'writes.stop']]);
      return [];
    case 'writes.open':
      return [{ open: 0, seen: true }];
    case 'sessions.end':
      return [];
    case 'replication.global':
      return [{ silent: nowMs - heardUntilMs(world, found, nowMs), seen: true }];
    case 'heartbeat.write':
      mustTakeWrites(world, found);
      database.rows.push({ sequence: Number(values[0]), region: cluster.region, atMs: nowMs });
      return [];
    case 'heartbeat.read': {
      const untilMs = holdsUntilMs(world, found, nowMs);
      return database.rows
        .filter(({ sequence, atMs }) => sequence >= Number(values[0]) && atMs <= untilMs)
        .filter(({ region, atMs }) => !isLost(database, region, atMs, nowMs))
        .map(({ sequence }) => ({ sequence }));
    }
    case 'table-columns':
      return [];
    case 'row-counts':
      return rowCounts(world, heldBy(world, found, nowMs), Number(values[0]));
    case 'checksums':
      return checksums(world, heldBy(world, found, nowMs), Number(values[0]));
    default: {
      if (/^(carry|put-back)\./.test(name)) {
        if (CARRYING.includes(name)) mustTakeWrites(world, found);
        return answerAboutCarried(world, { schemas: database.schemas, held: heldBy(world, found, nowMs) }, query);
      }
      const check = name.startsWith(OWN) ? name.slice(OWN.length) : name;
      const said = world.simulation.checks[check];
      if (said) return said;
      const wrong = wrongRows[name];
      if (wrong) return wrong(world, heldBy(world, found, nowMs), nowMs);
      if (readOnly || name.startsWith(OWN))
        throw named(
          'NotSimulated',
          `not made: a simulated database runs no SQL of yours; simulation.checks.${check} may say what it would find`,
        );
      throw named('QueryFailed', `The simulated Aurora cluster does not know the query '${name}'.`);
    }
  }
}

/** A cluster takes tokens of IAM only where that was asked for as it was made. */
function mustLetIn({ topology }: World, { database, cluster }: Found): void {
  const { login } = componentOf(topology, 'aurora-global', database.store);
  if (login?.password.from !== 'iam' || cluster.iamLogin) return;
  throw new DrillError(
    'login-failed',
    `${cluster.cluster} does not let ${login.user} in: PAM authentication failed for user "${login.user}"`,
  );
}

/** Up to when the clusters of both regions had heard of each other. */
function heardUntilMs(world: World, { database }: Found, nowMs: number): number {
  const [one, other] = database.clusters;
  if (!one || !other) return nowMs;
  return Math.min(lastSentMs(world, one, other, nowMs), lastSentMs(world, other, one, nowMs));
}

function mustTakeWrites(world: World, found: Found): void {
  if (takesWritesIn(world, found, world.clock.nowMs())) return;
  throw named('ReadOnly', readOnlyWords(found.database.engine));
}

const heldBy = (world: World, found: Found, nowMs: number): Held => ({
  changed: 0,
  orders: (asOfMs) => [
    ...copiedOrders(world, found, asOfMs, nowMs),
    ...ordersIn(world, found, Math.min(asOfMs, holdsUntilMs(world, found, nowMs)), nowMs),
  ],
  copy: found.database.copy,
});

/** What a restored cluster holds of its original. */
function copiedOrders(world: World, { database: { copy, store } }: Found, asOfMs: number, nowMs: number): Span[] {
  const original = copy && world.aurora.find((one) => one.store === store && one.copy === null);
  const cluster = original && writerAt(original, copy.untilMs);
  return cluster ? ordersIn(world, { database: original, cluster }, Math.min(asOfMs, copy.untilMs), nowMs) : [];
}

/** The orders that came in while a cluster took them, but for those that never came over. */
function ordersIn(world: World, { database }: Found, untilMs: number, nowMs: number): Span[] {
  const losses = database.losses.flatMap(({ fromMs, untilMs: toMs }) => [fromMs, toMs]);
  const changes = [...new Set([...instants(world, untilMs), ...losses])]
    .filter((ms) => ms <= untilMs)
    .sort((a, b) => a - b);
  return changes.flatMap((fromMs, index): Span[] => {
    const endMs = changes[index + 1] ?? untilMs;
    const cluster = writerAt(database, fromMs);
    if (!cluster || !takesWritesIn(world, { database, cluster }, fromMs)) return [];
    // To a restored one customers come only where applications were pointed at it.
    const comeTo = database.copy ? applicationsWriteTo : customersWriteTo;
    if (!comeTo(world, database.store, addressesOf({ database, cluster }), fromMs)) return [];
    if (isOutOfReach(world, cluster.region, fromMs)) return [];
    // Instants are between two changes: the first millisecond after one represents all.
    if (isLost(database, cluster.region, fromMs + 1, nowMs)) return [];
    return [spanOf(world, fromMs, endMs)];
  });
}
