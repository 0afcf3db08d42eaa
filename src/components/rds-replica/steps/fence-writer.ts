import * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import { isPassing } from '../../../errors.ts';
import { isRefusal } from '../../../ports/sql.ts';
import { isStandby, proveWrite } from '../../../steps/data/heartbeat.ts';
import { hasNoLogin } from '../../../steps/data/target.ts';
import { databaseGiven, given } from '../../../steps/given.ts';
import { loginTo } from '../../../steps/needs.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type Observation, type StepContext } from '../../../steps/step.ts';
import { INSTANCE_LOOK, instancePermissions } from '../../rds/instance.ts';
import { keepingFenced } from '../../rds/keep-fenced.ts';
import {
  type Fence,
  fenceParams,
  groupsCommand,
  lookAtWriter,
  quarantine,
  release,
  warnUnlessQuarantined,
} from '../../rds/quarantine.ts';
import { things } from '../needs.ts';
import { fenceOf } from './fence.ts';

type Fencing = { how: 'quarantined' | 'unreachable' };

const REFUSALS_IN_A_ROW = 3;
const REFUSAL_EVERY_MS = 1_000;
/** Where nobody can log in, a region counts as lost after so many looks that nobody answered. */
const SILENT_LOOKS = 3;
/** So long does a proof hold: a run that was taken up again needs another. */
const FRESH_MS = 10_000;

/** How the writer was found. */
interface Seen {
  reachable: boolean;
  refusedMs: number | null;
}

/**
 * Makes sure that the old writer takes no more writes before a new one opens: puts it into a security group that lets nobody
 * in and restarts it, so that open sessions end too. Where its region does not answer, it is proven unreachable instead.
 */
export const fenceWriter = defineStep<Fence, Fencing>({
  kind: 'rds.fence-writer',
  params: fenceParams,
  given: given(z.strictObject({ on: databaseGiven.on }), fenceOf),
  needs: (fence) => [
    { need: 'rds-instance', region: fence.region, instance: fence.instance, state: 'serving', role: 'writer' },
    // What was never replicated is in the old writer and its backups alone.
    {
      need: 'rds-backups',
      region: fence.region,
      instance: fence.instance,
      restores: 'nothing',
      snapshotMaxAgeMs: 86_400_000,
    },
    {
      need: 'security-groups',
      region: fence.region,
      groups: [...fence.securityGroups, fence.quarantine],
      instance: fence.instance,
      quarantine: fence.quarantine,
    },
    loginTo(fence, 'proof'),
  ],
  alters: ({ region, instance }) => [things.instance(region, instance)],
  plane: 'control',
  title: ({ instance }) => `Fence the old writer ${instance}`,
  region: ({ region }) => region,
  calls: [INSTANCE_LOOK, 'rds:ModifyDBInstance', 'rds:RebootDBInstance'],
  permissions: ({ region, instance }, account) => [
    ...instancePermissions(region, account, instance, 'rds:ModifyDBInstance', 'rds:RebootDBInstance'),
    // IAM's reference asks for all four kinds of resource; on these three the action changes nothing by itself.
    ...['og', 'pg', 'secgrp'].map((kind) => ({
      action: 'rds:ModifyDBInstance',
      resource: regionalArn({ service: 'rds', region, account, resource: `${kind}:*` }),
    })),
  ],
  risk: (_, { region, lost }) =>
    region === lost
      ? {
          why: 'It may not answer, and then the old writer cannot be quarantined.',
          fix: 'No action is needed: if it does not answer, the drill checks that the writer cannot be reached, and quarantines it as soon as its region answers again.',
        }
      : undefined,
  command: (fence) =>
    // RDS restarts nothing that it is still changing.
    [
      groupsCommand(fence, [fence.quarantine]),
      `aws rds wait db-instance-available --region ${fence.region} --db-instance-identifier ${fence.instance}`,
      `aws rds reboot-db-instance --region ${fence.region} --db-instance-identifier ${fence.instance}`,
    ].join(' && '),
  doneWhen: ({ instance }) =>
    `${instance} is in quarantine, and refuses a login. If its region does not answer, prove that clients cannot reach it.`,
  usuallyMs: () => 15_000,

  async observe(fence, context) {
    // A lost region lets both wait: side by side they take no longer than one.
    const [seen, refusedMs] = await Promise.all([lookAtWriter(fence, context), refusedThroughout(fence, context)]);
    return {
      done: seen?.groups.join() === fence.quarantine && seen.inForce,
      state: { reachable: seen !== undefined, groups: seen?.groups ?? null, refusedMs },
    };
  },

  repeatable: true,
  async apply(fence, context, before) {
    if ((before.state as unknown as Seen).reachable) await quarantine(fence, context);
    return undefined;
  },

  async settle(fence, context, before) {
    const { reachable, refusedMs } = before.state as unknown as Seen;
    const isProven = refusedMs !== null && context.clock.nowMs() - refusedMs <= FRESH_MS;
    // The watch that keeps it fenced goes on looking whether its region answers again.
    if (!reachable && isProven) return { how: 'unreachable' };
    for (;;) {
      const seen = await lookAtWriter(fence, context);
      if (!seen || seen.lost) {
        if (await staysAway(fence, context)) return { how: 'unreachable' };
      } else if (!seen.groups.includes(fence.quarantine)) {
        // Its region answers, or has come back meanwhile.
        await quarantine(fence, context);
      } else if (seen.inForce && (hasNoLogin(fence, context) || (await refusedThroughout(fence, context)) !== null)) {
        return { how: 'quarantined' };
      } else await context.clock.sleep(REFUSAL_EVERY_MS, context.signal);
    }
  },

  async undo(fence, context, before) {
    const seen = await lookAtWriter(fence, context);
    if (!seen?.groups.includes(fence.quarantine)) return;
    await release(fence, groupsBefore(fence, before), context);
    if (hasNoLogin(fence, context)) return;
    await until(context, async () => ((await answers(fence, context)) ? true : undefined));
  },

  async whenHeld(fence, context) {
    const seen = await lookAtWriter(fence, context).catch(() => undefined);
    const isOpen = seen && !seen.lost && !seen.follows && !seen.groups.includes(fence.quarantine);
    if (isOpen) await quarantine(fence, context).catch(() => {});
    await warnUnlessQuarantined(fence, context);
  },

  keep: keepingFenced,

  byHand: {
    finds: ({ region, instance }, read) => ({
      groups: [
        read.words(
          'security groups',
          `aws rds describe-db-instances --region ${region} --db-instance-identifier ${instance} --query 'DBInstances[0].VpcSecurityGroups[].VpcSecurityGroupId' --output text`,
        ),
      ],
    }),
  },
  undoCommand: (fence, before) => groupsCommand(fence, groupsBefore(fence, before)),
});

/** The groups that it was found in; those of the topology, where its region did not answer then. */
const groupsBefore = (fence: Fence, { state }: Observation): string[] =>
  (state as { groups: string[] | null } | null)?.groups ?? fence.securityGroups;

/** When it had refused each of several writes; `null` where it took one, or nobody can ask it. */
async function refusedThroughout(fence: Fence, context: StepContext): Promise<number | null> {
  const { clock, signal } = context;
  if (hasNoLogin(fence, context)) return null;
  for (let refusals = 0; refusals < REFUSALS_IN_A_ROW; refusals += 1) {
    if (refusals > 0) await clock.sleep(REFUSAL_EVERY_MS, signal);
    try {
      if (!(await refusesWrites(fence, context))) return null;
    } catch (error) {
      // Neither taken nor refused: it is asked again once the quarantine is asked for.
      if (!isPassing(error)) throw error;
      return null;
    }
  }
  return clock.nowMs();
}

/**
 * Whether a writer whose region does not answer takes no writes. Where nobody can log in, several silent looks in a row have to do: one
 * may be a lost answer.
 */
async function staysAway(fence: Fence, context: StepContext): Promise<boolean> {
  if (!hasNoLogin(fence, context)) return (await refusedThroughout(fence, context)) !== null;
  for (let silent = 1; silent < SILENT_LOOKS; silent += 1) {
    await context.clock.sleep(REFUSAL_EVERY_MS, context.signal);
    const seen = await lookAtWriter(fence, context);
    if (seen && !seen.lost) return false;
  }
  warnOfNoProof(fence, context);
  return true;
}

async function refusesWrites({ region, instance, database }: Fence, context: StepContext): Promise<boolean> {
  try {
    const target = { region, instance, name: database };
    await context.sql.query(target, proveWrite, { timeoutMs: 2_000, signal: context.signal });
    return false;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isRefusal(error)) throw error;
    return true;
  }
}

/** Anyone who knocks is let in again; whether writes were stopped before is another matter. */
async function answers({ region, instance, database }: Fence, { sql, signal }: StepContext): Promise<boolean> {
  try {
    await sql.query({ region, instance, name: database }, isStandby, { timeoutMs: 2_000, signal });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (!isRefusal(error) && !isPassing(error)) throw error;
    return false;
  }
}

/** If the API does not answer, the database may still do so. */
const warnOfNoProof = ({ region, instance }: Fence, { record }: StepContext): void => {
  record({
    type: 'finding',
    severity: 'warning',
    subject: instance,
    what: `could not prove that ${instance} takes no writes: RDS in ${region} does not answer, and there is no login`,
    why: 'Two writers would part the data for good.',
    fix: "Give the data store a 'login' in the topology: a drill then sees for itself whether writes are refused.",
  });
};
