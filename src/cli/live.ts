import { basename } from 'node:path';
import type { Aws } from '../aws/aws.ts';
import { isChange } from '../aws/changes.ts';
import type { Clock } from '../clock/clock.ts';
import { realClock, realClockFrom } from '../clock/real-clock.ts';
import type { LoadedDrill } from '../drill/load.ts';
import { isPassing, Suspended } from '../errors.ts';
import type { Entry, RunEvent } from '../journal/events.ts';
import type { Journal, Left } from '../journal/journal.ts';
import type { Lease } from '../lease/lease.ts';
import { livePorts } from '../live/ports.ts';
import { refusal } from '../live/refusals.ts';
import { judge } from '../measure/verdict.ts';
import { clocksNow, joinedNow } from '../run/join.ts';
import { resume } from '../run/resume.ts';
import { type RunResult, run } from '../run/run.ts';
import type { Beginning } from '../run/surprise.ts';
import { traceparentsOf } from '../telemetry/ids.ts';
import { keptDraws } from './kept-draws.ts';
import { jitter, type LiveAccount } from './live-account.ts';
import { channelsFor, senderFor } from './live-notices.ts';
import { noticesFor } from './run-notices.ts';
import { tool } from './version.ts';

interface LiveOptions extends LoadedDrill {
  /** Of the run: where other terminals leave word. */
  folder: string;
  /** Given back when the run has ended; a run that only reads needs none. */
  lease?: Lease | undefined;
  /** Takes the topology for a drill that begins later, when its moment has come. */
  claim?: (() => Promise<Lease>) | undefined;
  signal: AbortSignal;
  onEntry: (entry: Entry) => void;
  /** Says something to the one who watches. */
  tell: (why: string) => void;
}

export interface LiveRunOptions extends LiveOptions {
  overrides: string[];
  readOnly: boolean;
  openJournal: (clock: Clock) => Journal;
}

export interface LiveResumeOptions extends LiveOptions {
  left: () => Left;
  /** The run has ended, and is opened again for a person's decision. */
  reopen?: boolean;
}

/** Runs a drill on a real account, in real time. */
export function runLive(account: LiveAccount, options: LiveRunOptions): Promise<RunResult> {
  const { drill, topology, overrides, readOnly, openJournal } = options;
  const clock = realClock();
  return surrounded(account, { ...options, clock, readOnly }, (surroundings) =>
    run({
      ...surroundings,
      clocks: clocksNow(clock, toldByAws(account)),
      journal: openJournal(surroundings.clock),
      drill,
      topology,
      overrides,
      seed: 0,
      mode: 'live',
      elsewhere: account.transport.elsewhere().join(', ') || undefined,
      tool,
    }),
  );
}

/** What time it is at AWS, where AWS has said so. */
const toldByAws = ({ transport }: LiveAccount): number | undefined =>
  transport.clockOffsetMs() === undefined ? undefined : transport.awsNowMs();

/** Resumes a run on a real account: its time continues from where the ended process left it. */
export function resumeLive(account: LiveAccount, options: LiveResumeOptions): Promise<RunResult> {
  const { entries, reopen, tornBytes } = options.left();
  const awsNowMs = toldByAws(account);
  const { nowMs, joined } = joinedNow(entries, account.clock, awsNowMs);
  const clock = realClockFrom(nowMs);
  return surrounded(account, { ...options, clock, readOnly: false }, (surroundings) =>
    resume({
      ...surroundings,
      journal: reopen(clock),
      tornBytes,
      joined,
      clocks: clocksNow(clock, awsNowMs),
      tool,
      ...(options.reopen && { reopen: true }),
    }),
  );
}

/** That the topology is this run's, and what a run may have left behind from which it was taken over. */
function openingOf({ taken }: Lease): RunEvent[] {
  const former = taken.type === 'lease-taken' ? taken.takenOverFrom : undefined;
  if (!former) return [taken];
  const { run, owner } = former;
  return [
    taken,
    {
      type: 'finding',
      severity: 'warning',
      subject: 'lease',
      what: `${run}, by ${owner}, led this topology and stopped without an end`,
      why: 'What it changed may still stand, and a request that it had sent may still arrive.',
      fix: 'Read its journal where it ran, and resume it there when this run has ended.',
    },
  ];
}

/** How long STS may keep a change waiting: where it does not answer, the account cannot have been seen to be another one. */
const ACCOUNT_WITHIN_MS = 5_000;

/** Credentials may change while a run lasts, also without its doing. */
async function mustStillBeAccount({ account, regions }: LoadedDrill['topology'], aws: Aws): Promise<void> {
  const options = { withinMs: ACCOUNT_WITHIN_MS };
  const identity = await aws.call('sts', regions.recovery, 'GetCallerIdentity', {}, options).catch((error: unknown) => {
    if (isPassing(error)) return undefined;
    throw error;
  });
  if (!identity || identity.Account === account) return;
  throw new Suspended(
    `The credentials now belong to account ${identity.Account}; the topology allows ${account} only.`,
    {
      hint: 'Nothing more was changed. Log in to the right account, then resume the run.',
    },
  );
}

/** Plugs a run into a real account, with the topology leased to it. */
async function surrounded(
  account: LiveAccount,
  options: LiveOptions & { clock: Clock; readOnly: boolean },
  work: (surroundings: Omit<Beginning, 'journal'>) => Promise<RunResult>,
): Promise<RunResult> {
  const { drill, topology, folder, clock, readOnly, lease: had, claim, signal, onEntry, tell } = options;
  let lease = had;
  const ports = livePorts({
    drill,
    topology,
    signing: account.transport,
    session: account.transport.session,
    world: account.world,
    clock,
    readOnly,
    folder,
    tell,
    channels: await channelsFor(topology, account, clock),
    traceparent: traceparentsOf(process.env, { account: topology.account, run: basename(folder) }),
  });
  try {
    return await work({
      clock,
      transport: account.transport,
      renew: account.transport.renew,
      inWords: refusal,
      isChange: (service, operation) => isChange(`${service}:${operation}`),
      ports: ports.through,
      jitter,
      budget: account.budget,
      readOnly,
      judge,
      onEntry,
      signal,
      notices: await noticesFor({
        topology,
        folder,
        clock,
        ...(!readOnly && { send: () => senderFor(topology, account, clock) }),
      }),
      checkAccount: (aws) => mustStillBeAccount(topology, aws),
      ...(lease && { opening: openingOf(lease), leadership: lease }),
      draws: keptDraws(),
      ...(claim && {
        claim: async () => {
          lease = await claim();
          return { opening: openingOf(lease), leadership: lease };
        },
      }),
    });
  } finally {
    await ports.close();
    await lease?.release();
  }
}
