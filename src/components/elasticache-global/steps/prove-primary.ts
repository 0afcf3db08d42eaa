import * as z from 'zod';
import { DrillError, isPassing } from '../../../errors.ts';
import type { RedisEndpoint } from '../../../ports/redis.ts';
import { earlierStep, given, side } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import {
  datastore,
  datastoreNeed,
  datastoreNow,
  datastoreOf,
  datastorePermissions,
  isPrimary,
  primaryOf,
} from './datastore.ts';
import { endpointIn, findGroup } from './group.ts';

const TIMEOUT_MS = 5_000;
/** So long is asked again what gives no valid answer, and so often what refuses. */
const PATIENCE_MS = 30_000;
const REFUSALS_IN_A_ROW = 2;
const EVERY_MS = 1_000;
/** The written key expires by itself. */
const LASTS_MS = 3_600_000;

const marker = z.object({ key: z.string(), value: z.string() });
type Marker = z.output<typeof marker>;

const params = datastore.extend({
  key: z.string(),
  earlier: marker.nullable(),
  /** The region of the other group may be lost: nobody may be there to refuse a write. */
  otherLost: z.boolean(),
});
type Params = z.output<typeof params>;

/** Proves by its flag, by a write, and by the other group's refusal that one group of a datastore takes the writes, and it alone. */
export const provePrimary = defineStep<Params, Marker | null>({
  kind: 'elasticache.prove-primary',
  params,
  given: given(
    z.strictObject({
      on: side.describe('The side that takes the writes.'),
      holds: earlierStep.optional().describe('An earlier check by this step. The key that it wrote must exist.'),
      otherLost: z.boolean().default(false).describe('true if the region of the other group may be unavailable.'),
    }),
    ({ on, holds, otherLost }, around) => ({
      otherLost,
      ...datastoreOf(on, around),
      key: `dr-drill:${around.drill}:${around.startedAtMs}:${on}:${holds ?? 'first'}`,
      earlier: holds === undefined ? null : around.result<Marker | null>(holds, null),
    }),
  ),
  needs: (target) => [datastoreNeed(target, { writes: true })],
  plane: 'data',
  title: ({ group, other }) => `Check that ${group} takes a write and ${other.group} refuses one`,
  region: ({ region }) => region,
  calls: ['elasticache:DescribeGlobalReplicationGroups', 'elasticache:DescribeReplicationGroups'],
  permissions: (target, account) =>
    datastorePermissions(
      ['elasticache:DescribeGlobalReplicationGroups', 'elasticache:DescribeReplicationGroups'],
      target,
      account,
    ),
  command: ({ region, group, key }) =>
    `redis-cli --tls -h "$(aws elasticache describe-replication-groups --region ${region} --replication-group-id ${group} --query 'ReplicationGroups[0].NodeGroups[0].PrimaryEndpoint.Address' --output text)" set ${key} 1 px ${LASTS_MS}`,
  doneWhen: () => 'The command prints OK.',
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    await lookAtFlag(target, context);
    const here = await endpointOf(target, context);
    const written = await write(here, target, context);
    const there = target.otherLost
      ? await endpointUnlessLost(target, context)
      : await endpointOf(target.other, context);
    if (there) await refuses(there, target, context);
    if (target.earlier) await holds(here, target.earlier, context);
    return written;
  },
});

async function lookAtFlag(target: Params, context: StepContext): Promise<void> {
  const found = await datastoreNow(target, context);
  const primary = primaryOf(found);
  const detail = `${primary?.ReplicationGroupId ?? 'no group'} is the primary of ${target.datastore}, which is ${found.Status}`;
  noteCheck('cache-primary', isPrimary(target, found), detail, context);
}

async function endpointOf(
  { region, group }: { region: string; group: string },
  context: StepContext,
): Promise<RedisEndpoint> {
  const found = await findGroup(context, region, group);
  const endpoint = found && endpointIn({ region, group }, found);
  if (endpoint) return endpoint;
  throw new DrillError('no-endpoint', `${group} in ${region} has no primary endpoint.`, {
    hint: 'Only groups without cluster mode have one.',
  });
}

/** Where the other group is; nothing where its region does not answer, which is noted: what it takes nobody sees. */
async function endpointUnlessLost({ other }: Params, context: StepContext): Promise<RedisEndpoint | undefined> {
  const { region, group } = other;
  try {
    const found = await findGroup(context, region, group, { once: true });
    return found && endpointIn({ region, group }, found);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isPassing(error)) throw error;
    context.record({
      type: 'finding',
      severity: 'warning',
      subject: group,
      what: `could not check whether ${group} takes writes: ElastiCache in ${region} does not answer`,
      why: 'What is written there while its region is cut off is lost when it joins the global datastore again.',
      fix: `Keep clients in ${region} from writing until it has joined: aws elasticache describe-global-replication-groups --region ${region} --show-member-info`,
    });
    return undefined;
  }
}

async function write(here: RedisEndpoint, { key }: Params, context: StepContext): Promise<Marker | null> {
  const { redis, clock, signal } = context;
  const value = String(clock.nowMs());
  try {
    const ask = async () => {
      await redis.write(here, key, value, { lastsMs: LASTS_MS, timeoutMs: TIMEOUT_MS, signal });
      return redis.read(here, key, { timeoutMs: TIMEOUT_MS, signal });
    };
    // Its endpoint may lead to the former primary for a while.
    const read = await believed(context, ask, { mayPass: (error) => error.name === 'ReadOnly' });
    noteCheck(
      'cache-takes-writes',
      read === value,
      `${here.group} took a write${read === value ? '' : ', and did not give it back'}`,
      context,
    );
    return { key, value };
  } catch (error) {
    mustBeTheCaches(error, signal);
    noteCheck('cache-takes-writes', false, `${here.group} took no write: ${(error as Error).message}`, context);
    return null;
  }
}

/** Two groups that take writes would go different ways, and one of them would lose them again. */
async function refuses(there: RedisEndpoint, { key }: Params, context: StepContext): Promise<void> {
  const { redis, signal } = context;
  try {
    await believed(context, () =>
      redis.write(there, `${key}:refused`, 'refused', { lastsMs: TIMEOUT_MS, timeoutMs: TIMEOUT_MS, signal }),
    );
    noteCheck('cache-one-writer', false, `${there.group} takes writes as well`, context);
  } catch (error) {
    mustBeTheCaches(error, signal);
    // Whether one that nobody reaches would take a write, nobody knows.
    noteCheck(
      'cache-one-writer',
      (error as Error).name === 'ReadOnly',
      `${there.group}: ${(error as Error).message}`,
      context,
    );
  }
}

async function holds(here: RedisEndpoint, { key, value }: Marker, context: StepContext): Promise<void> {
  const { redis, signal, record } = context;
  const look = () => redis.read(here, key, { timeoutMs: TIMEOUT_MS, signal });
  const read = await believed(context, look).catch((error: Error) => {
    mustBeTheCaches(error, signal);
    return error;
  });
  const detail =
    read === value ? '1 of 1 keys is there' : read instanceof Error ? read.message : '0 of 1 keys are there';
  const title = 'What the other group had acknowledged before is there';
  record({
    type: 'data-check',
    check: 'cache-holds',
    title,
    instance: here.group,
    ok: read === value,
    detail,
    rows: [],
  });
}

/** Asked again for a while where it failed: one look may have met a node that is starting, or a connection that broke. */
async function believed<T>(
  { clock, signal }: StepContext,
  ask: () => Promise<T>,
  { mayPass = isPassing }: { mayPass?: (error: Error) => boolean } = {},
): Promise<T> {
  const endMs = clock.nowMs() + PATIENCE_MS;
  for (let refusals = 0; ; ) {
    try {
      return await ask();
    } catch (error) {
      mustBeTheCaches(error, signal);
      refusals = isPassing(error) || mayPass(error as Error) ? 0 : refusals + 1;
      if (refusals >= REFUSALS_IN_A_ROW || clock.nowMs() >= endMs) throw error;
    }
    await clock.sleep(EVERY_MS, signal);
  }
}

/** A missing password, or a run that only reads, is no information about a cache. */
function mustBeTheCaches(error: unknown, signal: AbortSignal): void {
  signal.throwIfAborted();
  if (error instanceof DrillError) throw error;
}

/** Recorded under the name of the step, because a later check of the same store is a different one. */
const noteCheck = (check: string, ok: boolean, detail: string, { step, record }: StepContext): void =>
  record({ type: 'check', check: `${step}/${check}`, layer: 'verification', critical: true, ok, detail });
