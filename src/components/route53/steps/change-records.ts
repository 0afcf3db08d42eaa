import { isDeepStrictEqual } from 'node:util';
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { globalArn } from '../../../arn.ts';
import { isAwsError } from '../../../aws/aws.ts';
import { DrillError, isPassing } from '../../../errors.ts';
import { until } from '../../../steps/poll.ts';
import type { Permission, StepContext } from '../../../steps/step.ts';
import { pauseOthers } from '../../public-name/pause-others.ts';
import { inALine, leadingSetsOf } from './record-sets.ts';

/** Names of one zone whose records change together, and the region that Route 53 is called in. */
export interface ZoneNames {
  region: string;
  zone: string;
  names: readonly string[];
}

/** The record sets that lead customers, by name. */
export type SetsByName = Record<string, ResourceRecordSet[]>;

/** What reading and changing records calls. */
export const recordCalls = [
  'route53:ListResourceRecordSets',
  'route53:ChangeResourceRecordSets',
  'route53:GetChange',
] as const;

export function recordPermissions({ region, zone }: Pick<ZoneNames, 'region' | 'zone'>): Permission[] {
  const arn = (resource: string) => globalArn({ service: 'route53', region, resource });
  return [
    { action: 'route53:ListResourceRecordSets', resource: arn(`hostedzone/${zone}`) },
    { action: 'route53:ChangeResourceRecordSets', resource: arn(`hostedzone/${zone}`) },
    { action: 'route53:GetChange', resource: arn('change/*') },
  ];
}

/** How often records are read and asked for again when they change at the same moment. */
const TRIES = 3;

export async function setsByName(
  { region, zone, names }: ZoneNames,
  context: Pick<StepContext, 'aws'>,
): Promise<SetsByName> {
  const sets: SetsByName = {};
  for (const name of names) sets[name] = await leadingSetsOf({ region, zone, name }, context);
  return sets;
}

/**
 * Changes the records of all these names and types in one batch, which Route 53 carries out as a whole or not at all. A set is deleted as it
 * was read and created as it is wanted, so that Route 53 refuses the batch where someone else has changed it; an UPSERT would overwrite that.
 * @param wanted how the sets of a name are to stand, from how they stand now
 * @param found how they stood when the step looked: what someone else has changed since is left alone
 * @returns the change, for `inSync` to wait for; none, where nothing is to be changed
 */
export async function changeRecords(
  zone: ZoneNames,
  wanted: (name: string, sets: ResourceRecordSet[]) => ResourceRecordSet[],
  context: StepContext,
  found?: SetsByName,
): Promise<{ change: string | null }> {
  let stood = found;
  for (let tries = 1; ; tries += 1) {
    const now = await setsByName(zone, context);
    const Changes = Object.entries(now).flatMap(([name, sets]) => changesBetween(sets, wanted(name, sets)));
    if (Changes.length === 0) return { change: null };
    if (stood && !leadAlike(stood, now)) throw changedMeanwhile(zone, stood, now);
    try {
      const answer = await context.aws.call('route53', zone.region, 'ChangeResourceRecordSets', {
        HostedZoneId: zone.zone,
        ChangeBatch: { Comment: 'dr-drill: traffic shift', Changes },
      });
      return { change: answer.ChangeInfo?.Id ?? null };
    } catch (error) {
      if (isAwsError(error, 'PriorRequestNotComplete')) throw busy(zone, error);
      if (!isAwsError(error, 'InvalidChangeBatch')) throw error;
      const next = await setsByName(zone, context);
      // Refused as it stands: to ask again gives the same answer.
      if (isDeepStrictEqual(next, now)) throw error;
      if (tries === TRIES) throw changedMeanwhile(zone, now, next, error);
      stood = now;
    }
  }
}

function changesBetween(now: readonly ResourceRecordSet[], wanted: readonly ResourceRecordSet[]): Change[] {
  const isIn = (sets: readonly ResourceRecordSet[], one: ResourceRecordSet) =>
    sets.some((other) => isDeepStrictEqual(plain(other), plain(one)));
  return [
    ...now.filter((one) => !isIn(wanted, one)).map((one): Change => ({ Action: 'DELETE', ResourceRecordSet: one })),
    ...wanted.filter((one) => !isIn(now, one)).map((one): Change => ({ Action: 'CREATE', ResourceRecordSet: one })),
  ];
}

/** Without keys that have no value. */
const plain = (set: ResourceRecordSet): object => JSON.parse(JSON.stringify(set));

/** A weight, a role, a health check or a destination that is another is a matter for a person; a TTL is read again. */
const leadAlike = (before: SetsByName, now: SetsByName): boolean => isDeepStrictEqual(linesOf(before), linesOf(now));

const linesOf = (sets: SetsByName): string[] =>
  Object.entries(sets)
    .flatMap(([name, all]) => all.map((one) => `${name} ${inALine(one)}`))
    .sort();

export function changedMeanwhile(
  { region, names }: ZoneNames,
  before: SetsByName,
  now: SetsByName,
  cause?: unknown,
): DrillError {
  const told = names.flatMap((name) => unlike(before[name] ?? [], now[name] ?? []));
  return new DrillError(
    'changed-by-others',
    `The records of ${names.join(' and ')} were changed by someone else while this step was changing them: ${told.join('; ')}.`,
    { hint: pauseOthers(region), cause },
  );
}

/** What stands otherwise than before, set by set. */
function unlike(before: readonly ResourceRecordSet[], now: readonly ResourceRecordSet[]): string[] {
  const [old, current] = [before.map(inALine), now.map(inALine)];
  return [
    ...old.filter((line) => !current.includes(line)).map((line) => `no longer "${line}"`),
    ...current.filter((line) => !old.includes(line)).map((line) => `now "${line}"`),
  ];
}

const busy = ({ region, names, zone }: ZoneNames, cause: unknown): DrillError =>
  new DrillError(
    'zone-busy',
    `Route 53 is still working on another change of ${zone}, the zone of ${names.join(' and ')}. It is not a change of this step.`,
    { hint: pauseOthers(region), cause },
  );

/** AWS says that a change is in sync after about 60 s. */
const SLOW_AFTER_MS = 120_000;
/** So long a control plane is asked that may be lost, before the name servers are. */
const ASKED_FOR_MS = 10_000;

/**
 * Waits until every name server has a change. Where Route 53's control plane does not say so, because it is lost or slow, the name servers
 * themselves decide.
 * @param answers whether the names answer as they are to; absent where no single answer tells, as of shares
 */
export async function inSync(
  { region }: Pick<ZoneNames, 'region'>,
  change: string | null | undefined,
  context: StepContext,
  answers?: () => Promise<boolean>,
): Promise<void> {
  if (!change) return;
  const { clock, signal } = context;
  const slowFromMs = clock.nowMs() + SLOW_AFTER_MS;
  const asked = async (): Promise<string | undefined> => {
    const input = { Id: change };
    if (!answers) return (await context.aws.call('route53', region, 'GetChange', input)).ChangeInfo?.Status;
    try {
      const { ChangeInfo } = await context.aws.call('route53', region, 'GetChange', input, { withinMs: ASKED_FOR_MS });
      return ChangeInfo?.Status;
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error)) throw error;
      return 'SLOW';
    }
  };
  await until(context, async () => {
    const status = await asked();
    if (status === 'INSYNC') return true;
    const isSlow = status === 'SLOW' || clock.nowMs() >= slowFromMs;
    return answers && isSlow && (await answers()) ? true : undefined;
  });
}
