import { DrillError } from '../../errors.ts';
import { isAsked, type PasswordUsed, type Query, type Row, type Sql } from '../../ports/sql.ts';
import { OWN } from '../../steps/data/checks.ts';
import { named } from '../faults.ts';
import { isOutOfReach } from '../partition.ts';
import { answerOfCluster } from '../rds/cluster-queries.ts';
import { readOnlyWords } from '../rds/engines.ts';
import { answersAt, clusterWith, isQuarantined } from '../rds/global-database.ts';
import { instanceIn, letsDrillIn, quarantined, running, sourceOf, storeOf, takesWrites } from '../rds/instance.ts';
import { befall } from '../rds/mishaps.ts';
import { applyRenames } from '../rds/rename.ts';
import { followersOf, heartbeatsIn, receivedUntilMs, silentMs } from '../rds/replication.ts';
import { answerAboutApart } from '../shop/apart.ts';
import { answerAboutCarried, CARRYING } from '../shop/carried.ts';
import { heldBy } from '../shop/orders.ts';
import { checksums, rowCounts, wrongRows } from '../shop/rows.ts';
import type { Instance } from '../state.ts';
import { at, plan, since } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';

/** The databases, which know each query by its name. */
export function sqlOf(world: World): Sql {
  const { clock } = world;
  return {
    // As in a live run: nobody opens a session with an engine that a drill cannot ask.
    withoutLogin: ({ region, instance }) => {
      const engine = instanceIn(world, region, instance)?.engine;
      return engine !== undefined && !isAsked(engine);
    },
    passwordUsed: ({ region, instance }) => passwordOf(world, instanceIn(world, region, instance)),
    async query(database, query, { timeoutMs, signal }) {
      const { region, instance: identifier } = database;
      const beganMs = clock.nowMs();
      const expired = async (limitMs: number, name: string, message: string): Promise<never> => {
        await clock.sleep(Math.max(0, beganMs + limitMs - clock.nowMs()), signal);
        throw named(name, message);
      };
      for (const took of [false, true]) {
        if (took) await clock.sleep(world.durations.query(nextDraw(world, `query/${region}/${identifier}`)), signal);
        applyRenames(world);
        befall(world);
        const nowMs = clock.nowMs();
        if (isOutOfReach(world, region, nowMs))
          await expired(timeoutMs, 'ConnectionFailed', `${identifier} did not answer: timed out.`);
        const found = clusterWith(world, region, identifier);
        if (found && isQuarantined(found.cluster, nowMs))
          await expired(timeoutMs, 'ConnectionFailed', `${identifier} did not answer: timed out.`);
        if (found && !answersAt(world, found.cluster, nowMs))
          throw named('ConnectionFailed', `${identifier} refused the connection.`);
        if (found && !took) continue;
        if (found) return answerOfCluster(world, found, database.name, query);
        const instance = instanceIn(world, region, identifier);
        if (!instance) throw named('ConnectionFailed', `There is no host ${identifier} in ${region}.`);
        if (nowMs < instance.namedMs)
          throw named('ConnectionFailed', `${instance.address} cannot be resolved (NXDOMAIN).`);
        const isShut = quarantined(instance, nowMs) && !letsDrillIn(world, instance, nowMs);
        if (isShut || at(instance.cutOff, nowMs) || at(instance.status, nowMs) === 'failed') {
          await expired(timeoutMs, 'ConnectionFailed', `${identifier} did not answer: timed out.`);
        }
        if (!running(world, instance, nowMs)) throw named('ConnectionFailed', `${identifier} refused the connection.`);
        if (!took) continue;
        mustLetIn(world, instance);
        if (database.name !== storeOf(world, instance).database) {
          throw named('QueryFailed', `database "${database.name}" does not exist`);
        }
        if (reads(query) && instance.loadedMs > nowMs) {
          // Blocks are still fetched from the backup: a first read waits for them.
          const limitMs = query.readOnly?.forAtMostMs ?? timeoutMs;
          if (instance.loadedMs > beganMs + limitMs) {
            await expired(limitMs, 'TookTooLong', 'canceling statement due to statement timeout');
          }
          await clock.sleep(instance.loadedMs - nowMs, signal);
        }
        return answer(world, instance, query);
      }
      return [];
    },
  };
}

/** What opens a database that was restored, where its login's password is rotated. */
function passwordOf(world: World, instance: Instance | undefined): PasswordUsed | undefined {
  // Only a restored one loads blocks.
  if (!instance?.loadedMs || storeOf(world, instance).login?.password.from !== 'secrets-manager') return undefined;
  return ({ never: 'AWSCURRENT', once: 'AWSPREVIOUS', twice: 'neither' } as const)[
    world.simulation.copies.passwordRotated
  ];
}

function mustLetIn(world: World, instance: Instance): void {
  const { login } = storeOf(world, instance);
  const byToken = login?.password.from === 'iam';
  if (byToken ? instance.settings.IAMDatabaseAuthenticationEnabled : passwordOf(world, instance) !== 'neither') return;
  const said = byToken ? 'PAM authentication failed' : 'password authentication failed';
  throw new DrillError(
    'login-failed',
    `${instance.identifier} does not let ${login?.user} in: ${said} for user "${login?.user}"`,
  );
}

const reads = ({ name, readOnly }: Query): boolean => readOnly !== undefined || name === 'heartbeat.read';

function answer(world: World, instance: Instance, query: Query): Row[] {
  const { name, values = [], readOnly } = query;
  const nowMs = world.clock.nowMs();
  switch (name) {
    case 'is-standby':
      return [{ standby: at(instance.source, nowMs) !== null }];
    case 'prove-write':
      mustTakeWrites(world, instance);
      return [];
    case 'writes.setting':
      return [{ setting: at(writerOf(world, instance).readOnly, nowMs) ? 'on' : 'off' }];
    case 'writes.stop':
    case 'writes.allow':
      mustBeWriter(instance, nowMs);
      plan(instance.readOnly, nowMs, [[nowMs, name === 'writes.stop']]);
      return [];
    case 'writes.open':
      return [{ open: openWrites(world, instance, nowMs), seen: true }];
    case 'sessions.end':
      return [];
    case 'replication.followers':
      return [{ ...followersOf(world, instance, nowMs), seen: true }];
    case 'replication.source':
      return [{ silent: silentMs(world, instance, nowMs), seen: true }];
    case 'log.position':
      mustBeWriter(instance, nowMs);
      return [{ position: positionAt(nowMs) }];
    case 'log.behind': {
      const untilMs = receivedUntilMs(world, instance, nowMs);
      return [{ behind: at(instance.source, nowMs) === null ? null : msOf(String(values[0])) - untilMs }];
    }
    case 'heartbeat.write': {
      mustTakeWrites(world, instance);
      const sequence = Number(values[0]);
      if (instance.heartbeats.at(-1)?.sequence === sequence) {
        throw named('QueryFailed', 'duplicate key value violates unique constraint "dr_drill_heartbeat_pkey"');
      }
      instance.heartbeats.push({ sequence, atMs: nowMs });
      return [];
    }
    case 'heartbeat.read': {
      const first = Number(values[0]);
      const sequences = heartbeatsIn(world, instance, nowMs).filter((sequence) => sequence >= first);
      return sequences.sort((a, b) => a - b).map((sequence) => ({ sequence }));
    }
    case 'table-columns':
      return [];
    case 'row-counts':
      return rowCounts(world, heldBy(world, instance, nowMs), Number(values[0]));
    case 'checksums':
      return checksums(world, heldBy(world, instance, nowMs), Number(values[0]));
    default: {
      if (name.startsWith('apart.')) return answerAboutApart(world, heldBy(world, instance, nowMs), query);
      if (/^(carry|put-back)\./.test(name)) {
        if (CARRYING.includes(name)) mustTakeWrites(world, instance);
        return answerAboutCarried(world, { schemas: instance.schemas, held: heldBy(world, instance, nowMs) }, query);
      }
      const check = name.startsWith(OWN) ? name.slice(OWN.length) : name;
      if (name.startsWith(OWN) && !readOnly) mustTakeWrites(world, instance);
      const said = world.simulation.checks[check];
      if (said) return said;
      const wrong = wrongRows[name];
      if (wrong) return wrong(world, heldBy(world, instance, nowMs), nowMs);
      if (readOnly || name.startsWith(OWN)) throw notSimulated(check);
      throw named('QueryFailed', `The simulated database does not know the query '${name}'.`);
    }
  }
}

const notSimulated = (check: string): Error =>
  named(
    'NotSimulated',
    `not made: a simulated database runs no SQL of yours; simulation.checks.${check} may say what it would find`,
  );

/** Whose settings a database has: a replica those of the writer that it follows. */
const writerOf = (world: World, instance: Instance): Instance =>
  sourceOf(world, instance, world.clock.nowMs()) ?? instance;

function mustBeWriter(instance: Instance, nowMs: number): void {
  if (at(instance.source, nowMs) === null) return;
  throw named('ReadOnly', 'cannot execute this statement during recovery');
}

/** Transactions that were writing when writes were stopped go on for a moment. */
function openWrites(world: World, instance: Instance, nowMs: number): number {
  if (!at(instance.readOnly, nowMs)) return 3;
  const takesMs = world.durations.openTransaction(world.draw(`open-transaction/${instance.identifier}`));
  return nowMs < since(instance.readOnly, nowMs) + takesMs ? 1 : 0;
}

/** The log grows by a byte a millisecond; a position is written as PostgreSQL writes them. */
const positionAt = (ms: number): string =>
  `${Math.floor(ms / 2 ** 32).toString(16)}/${(ms % 2 ** 32).toString(16)}`.toUpperCase();
const msOf = (position: string): number => {
  const [high = '0', low = '0'] = position.split('/');
  return Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16);
};

function mustTakeWrites(world: World, instance: Instance): void {
  if (takesWrites(world, instance, world.clock.nowMs())) return;
  throw named('ReadOnly', readOnlyWords(instance.engine));
}
