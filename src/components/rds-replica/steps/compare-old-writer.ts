import * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import { type Database, SQL_ENGINES, type Sql } from '../../../ports/sql.ts';
import { type Finding, note, warning } from '../../../steps/account/findings.ts';
import { clientLine } from '../../../steps/data/client-line.ts';
import { isStandby, readHeartbeats } from '../../../steps/data/heartbeat.ts';
import { type Apart, rowsApart } from '../../../steps/data/rows-apart.ts';
import { lookedAt, lookedAtSchema } from '../../../steps/data/table-contents.ts';
import { askingAgain } from '../../../steps/data/takes-writes.ts';
import { askedIn, databaseAt, hasNoLogin, targetSchema } from '../../../steps/data/target.ts';
import { component, databaseGiven, databaseOf, given, sqlStore } from '../../../steps/given.ts';
import { loginTo } from '../../../steps/needs.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { arnOf } from '../../rds/instance.ts';
import { fenceParams, groupsCommand, lookAtWriter, putInto } from '../../rds/quarantine.ts';
import { sqlOf } from '../../schemas.ts';
import { things } from '../needs.ts';
import { asideOf } from './set-aside.ts';

const params = fenceParams.extend({
  ...lookedAtSchema.shape,
  /** The group that lets only the drill in; null where the topology names none. */
  reader: z.string().nullable(),
  writer: targetSchema,
});
type Params = z.output<typeof params>;

const HEARTBEATS = 'dr_drill_heartbeat';
const NO_READER =
  'the topology names no readerSecurityGroup, which would let the drill alone into the quarantine: rows that were never replicated were not looked for';

/**
 * Reads an old writer before it is set aside: which rows only it holds, and which differ from those of the new writer. A second security
 * group lets the drill in meanwhile, and nobody else; afterwards nobody is let in again.
 */
export const compareOldWriter = defineStep<Params, { tables: number; only: number; changed: number }>({
  kind: 'rds.compare-old-writer',
  params,
  given: given(z.strictObject({ on: databaseGiven.on }), ({ on }, around) => {
    const { securityGroups, quarantineSecurityGroup, readerSecurityGroup } = component('rds-replica', around)[on];
    return {
      ...askedIn('To compare an old writer', SQL_ENGINES, databaseOf({ on }, around)),
      quarantine: quarantineSecurityGroup,
      securityGroups,
      reader: readerSecurityGroup ?? null,
      writer: databaseOf({ on: on === 'writer' ? 'replica' : 'writer' }, around),
      ...lookedAt(around.dataChecks, sqlOf(sqlStore(around)).engine),
    };
  }),
  needs: ({ region, instance, quarantine, reader, writer, ...target }) => [
    { need: 'rds-instance', region, instance, aside: asideOf(instance), quarantine, state: 'quarantined' },
    ...(reader === null
      ? []
      : [{ need: 'security-groups' as const, region, groups: [quarantine, reader], instance, quarantine, reader }]),
    loginTo(writer, 'proof'),
    // Nobody is let in before the drill begins.
    { ...loginTo({ region, instance, database: target.database }, 'proof'), exists: false },
  ],
  alters: ({ region, instance }) => [things.instance(region, instance)],
  plane: 'control',
  title: ({ instance, writer }) => `Look for rows that only ${instance} has, not ${writer.instance}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBInstances', 'rds:ModifyDBInstance'],
  permissions: ({ region, instance, reader }, account) => [
    ...['rds:DescribeDBInstances', ...(reader === null ? [] : ['rds:ModifyDBInstance'])].map((action) => ({
      action,
      resource: arnOf(region, account, instance),
    })),
    ...(reader === null ? [] : ['og', 'pg', 'secgrp']).map((kind) => ({
      action: 'rds:ModifyDBInstance',
      resource: regionalArn({ service: 'rds', region, account, resource: `${kind}:*` }),
    })),
  ],
  command(target) {
    const { reader, quarantine, writer, tables } = target;
    if (reader === null) return `# ${NO_READER}`;
    const counted = [HEARTBEATS, ...tables].map((table) => `select count(*) from ${table}`);
    return [
      groupsCommand(target, [quarantine, reader]),
      `aws rds wait db-instance-available --region ${target.region} --db-instance-identifier ${target.instance}`,
      ...[target, writer].map((side) => clientLine({ ...side, engine: target.engine }, ...counted)),
      groupsCommand(target, [quarantine]),
    ].join(' && ');
  },
  doneWhen: ({ instance }) =>
    `You know which rows only ${instance} has, and clients cannot connect to it. If it has no such group, set it aside as a whole.`,
  usuallyMs: ({ reader }) => (reader === null ? 500 : 60_000),

  async observe(target, context) {
    const { reader, quarantine } = target;
    const groups = (await lookAtWriter(target, context))?.groups ?? null;
    const mayRead = reader !== null && !hasNoLogin(target, context) && groups?.join() === quarantine;
    return { done: false, underway: !mayRead, state: { groups } };
  },

  repeatable: true,
  async apply(target, context) {
    const { quarantine, reader } = target;
    await putInto(target, reader === null ? [quarantine] : [quarantine, reader], context);
    return undefined;
  },

  async settle(target, context) {
    const { reader } = target;
    const nothing = { tables: 0, only: 0, changed: 0 };
    const refused = (why: string) => {
      context.notDone(why);
      return nothing;
    };
    if (reader === null) return refused(NO_READER);
    if (hasNoLogin(target, context)) return refused('there is no login to it');
    if (!isFenced(await lookAtWriter(target, context), target))
      return refused(`${target.instance} is not there, or not in quarantine`);
    try {
      return await compare(target, context);
    } finally {
      if (!context.signal.aborted) await close(target, context);
    }
  },

  undo: close,
  undoCommand: (target) => groupsCommand(target, [target.quarantine]),
  whenHeld: close,
});

/** Lets nobody in again, where the drill was let in. */
async function close(target: Params, context: StepContext): Promise<void> {
  const seen = await lookAtWriter(target, context);
  if (target.reader === null || !seen?.groups.includes(target.reader)) return;
  await putInto(target, [target.quarantine], context);
  await inForce(target, [target.quarantine], context);
}

type Seen = Awaited<ReturnType<typeof lookAtWriter>>;

/** In quarantine, and in nothing else but the group that lets the drill in. */
const isFenced = (seen: Seen, { quarantine, reader }: Params): boolean =>
  (seen?.groups.includes(quarantine) ?? false) &&
  (seen?.groups ?? []).every((group) => group === quarantine || group === reader);

/** A change of groups shows, and comes through, a while after it was asked for. */
const inForce = (target: Params, groups: string[], context: StepContext): Promise<true> =>
  until(context, async () => {
    const seen = await lookAtWriter(target, context);
    return seen?.inForce && seen.groups.toSorted().join() === groups.toSorted().join() ? true : undefined;
  });

async function compare(target: Params, context: StepContext) {
  const { signal, record } = context;
  const sql = askingAgain(context);
  const [old, next] = [databaseAt(target), databaseAt(target.writer)];
  await inForce(target, [target.quarantine, target.reader ?? ''], context);
  await sql.query(old, isStandby, { timeoutMs: 10_000, signal });
  const heartbeats = await heartbeatsApart(sql, { old, next }, signal);
  const { apart, trouble } = await rowsApart(sql, { old, next }, target, signal);
  const all = [heartbeats, ...apart];
  for (const one of all) for (const finding of findingsOf(one, target)) record({ type: 'finding', ...finding });
  for (const [table, why] of Object.entries(trouble)) record({ type: 'finding', ...unknown(table, why, target) });
  const sum = (of: 'only' | 'changed') => all.reduce((total, one) => total + one[of], 0);
  return { tables: all.length, only: sum('only'), changed: sum('changed') };
}

async function heartbeatsApart(
  sql: Sql,
  { old, next }: { old: Database; next: Database },
  signal: AbortSignal,
): Promise<Apart> {
  const read = async (database: Database) =>
    (await sql.query(database, readHeartbeats(0), { timeoutMs: 30_000, signal })).map((row) => Number(row.sequence));
  const here = new Set(await read(next));
  const only = (await read(old)).filter((sequence) => !here.has(sequence));
  return { table: HEARTBEATS, only: only.length, changed: 0, keys: only.slice(0, 5).map(String), isMore: false };
}

const rows = (count: number): string => (count === 1 ? '1 row' : `${count} rows`);

function findingsOf({ table, only, changed, keys, isMore }: Apart, { instance, writer }: Params): Finding[] {
  const kept = `They are kept in ${asideOf(instance)}, in quarantine. Decide what becomes of them before you delete it`;
  const shown = keys.length > 0 ? `. Keys: ${keys.join(', ')}` : '';
  const more = isMore ? 'at least ' : '';
  return [
    ...(only === 0 && !isMore
      ? []
      : [
          warning(
            instance,
            `${more}${rows(only)} of ${table} exist only on ${instance}, and not on ${writer.instance}`,
            `They were never replicated, or have been deleted on ${writer.instance} since.`,
            `${kept}${shown}.`,
          ),
        ]),
    ...(changed === 0
      ? []
      : [
          note(
            instance,
            `${more}${rows(changed)} of ${table} differ between ${instance} and ${writer.instance}`,
            `They were changed on ${writer.instance} since, or on both: nothing in a row tells which.`,
            `${kept}${shown}.`,
          ),
        ]),
  ];
}

const unknown = (table: string, why: string, { instance, writer }: Params): Finding =>
  note(
    instance,
    `${table} could not be compared between ${instance} and ${writer.instance}: ${why}`,
    'Rows that were never replicated may be in it.',
    `Compare it by hand before you delete ${asideOf(instance)}.`,
  );
