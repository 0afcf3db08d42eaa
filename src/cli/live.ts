import { randomInt } from 'node:crypto';
import { basename } from 'node:path';
import type { Aws, Service } from '../aws/aws.ts';
import { isChange } from '../aws/changes.ts';
import { type Gateway, gateway } from '../aws/gateway.ts';
import { CallBudget } from '../aws/limits.ts';
import type { Clock } from '../clock/clock.ts';
import { realClock, realClockFrom } from '../clock/real-clock.ts';
import { objectOf } from '../components/index.ts';
import { candidatesOf } from '../drill/candidates.ts';
import { allComponents } from '../drill/components.ts';
import type { LoadedDrill } from '../drill/load.ts';
import { channelsOf, secretsOf } from '../drill/notices.ts';
import { regionsOf } from '../drill/regions.ts';
import { Aborted, DrillError, isPassing, Suspended } from '../errors.ts';
import type { Entry, RunEvent } from '../journal/events.ts';
import type { Journal, Left } from '../journal/journal.ts';
import type { Lease } from '../lease/lease.ts';
import { mustConsent } from '../live/consent.ts';
import { livePorts } from '../live/ports.ts';
import { mustAgreeOnTime, refusal } from '../live/refusals.ts';
import { type LiveTransport, liveTransport } from '../live/transport.ts';
import { judge } from '../measure/verdict.ts';
import { steps } from '../platform/steps.ts';
import { clocksNow, joinedNow } from '../run/join.ts';
import { resume } from '../run/resume.ts';
import { type RunResult, run } from '../run/run.ts';
import type { Beginning } from '../run/surprise.ts';
import { lineOf } from '../runbook/form.ts';
import { lookForDrill } from '../runbook/look.ts';
import { runbookFor } from '../runbook/runbook.ts';
import { judgeFindings } from '../steps/account/findings.ts';
import { traceparentFor } from '../telemetry/ids.ts';
import type { Account, LookAtAccount } from './account.ts';
import { endInWords } from './interrupt.ts';
import { keptDraws } from './kept-draws.ts';
import { atKeyboard } from './keyboard.ts';
import { mfaCodeHere } from './mfa-code.ts';
import { noticesFor } from './run-notices.ts';
import type { Terminal } from './terminal.ts';
import { tool } from './version.ts';

/** A real account, seen to be the one that the topology allows. */
export interface LiveAccount {
  transport: LiveTransport;
  budget: CallBudget;
  clock: Clock;
  /** The way to AWS before a run has begun, and outside of one: reads only. */
  aws: Gateway;
  /** Who the credentials say we are. */
  arn: string;
}

const jitter = (): number => randomInt(2 ** 32) / 2 ** 32;

/** The way to AWS for what is no part of a run, and does not stand in its journal. */
export const gatewayOutside = (
  {
    transport,
    clock,
    budget = new CallBudget(clock),
  }: Pick<LiveAccount, 'transport' | 'clock'> & { budget?: CallBudget },
  regions: readonly string[],
  { readOnly = false, record = () => {} }: { readOnly?: boolean; record?: (event: RunEvent) => void } = {},
): Gateway =>
  gateway({
    transport,
    clock,
    regions,
    record,
    isChange: (service, operation) => isChange(`${service}:${operation}`),
    jitter,
    // A person waits for an answer.
    patienceMs: 10_000,
    budget,
    readOnly,
  });

/** Connects with the SDK's own settings. Throws a DrillError where the account is another one, or cannot be reached. */
export async function connect({ topology }: Pick<LoadedDrill, 'topology'>): Promise<LiveAccount> {
  endInWords();
  const clock = realClock();
  const transport = await liveTransport(clock, {
    region: topology.regions.recovery,
    account: topology.account,
    endpoints: endpointsOf(topology),
    askMfaCode: mfaCodeHere(),
  });
  const budget = new CallBudget(clock);
  const aws = gatewayOutside({ transport, clock, budget }, regionsOf(topology), {
    readOnly: true,
  });
  return { transport, budget, clock, aws, arn: await callerIn(topology, aws, transport) };
}

/** Where services answer at addresses of their own, by service and region. */
function endpointsOf(topology: LoadedDrill['topology']) {
  const found: { [S in Service]?: Record<string, string> } = {};
  for (const one of allComponents(topology))
    for (const [service, regions] of Object.entries(objectOf(one).endpointsOf?.(one as never) ?? {}))
      found[service as Service] = { ...found[service as Service], ...regions };
  return found;
}

/** Asked in the recovery region: the other one may be lost. */
async function callerIn(
  { account, regions }: LoadedDrill['topology'],
  aws: Gateway,
  transport: LiveTransport,
): Promise<string> {
  const region = regions.recovery;
  const asked = { service: 'sts', region, operation: 'GetCallerIdentity' } as const;
  try {
    const identity = await aws({ step: 'connect', signal: new AbortController().signal }).call(
      'sts',
      region,
      'GetCallerIdentity',
      {},
    );
    mustAgreeOnTime(transport.clockOffsetMs());
    if (identity.Account === account) return identity.Arn ?? '';
    throw new DrillError(
      'wrong-account',
      `These credentials belong to account ${identity.Account}; the topology allows ${account} only.`,
      { hint: 'Choose the right profile, or correct the topology.' },
    );
  } catch (error) {
    throw refusal(error, asked);
  }
}

/**
 * Looks at all that the drill needs, as the drill's own preflight will; what would stop that one ends the command here.
 * @param readOnly the run ends before its first change, and its caller need not be allowed any.
 */
export async function mustBeAsDescribed(
  loaded: LoadedDrill,
  account: Account,
  { readOnly = false }: { readOnly?: boolean } = {},
): Promise<void> {
  const { ports, ...rest } = account;
  const look = await lookForDrill(loaded.drill, loaded.topology, { ...rest, ...ports, readsOnly: readOnly });
  judgeFindings(look.findings, { record: () => {} });
}

/** Looks at the real account; changes nothing. */
export const lookAtLive =
  (loaded: LoadedDrill, known?: LiveAccount): LookAtAccount =>
  async (look) => {
    const account = known ?? (await connect(loaded));
    const { signal } = new AbortController();
    const { clock, transport } = account;
    const ports = livePorts({ ...loaded, signing: transport, session: transport.session, clock, readOnly: true });
    try {
      const aws = explaining(account.aws({ step: 'preflight', signal }));
      return await look({ aws, ports: ports.through(account.aws), clock, signal });
    } finally {
      await ports.close();
    }
  };

/** Errors of AWS that a person can do something about, told so. */
export const explaining = (aws: Aws): Aws => ({
  call: (service, region, operation, input, options) =>
    aws.call(service, region, operation, input, options).catch((error: unknown) => {
      throw refusal(error, { service, region, operation });
    }),
});

/** Fails unless the drill's own file consents to what cannot be undone. */
export function mustConsentTo({ drill, topology }: LoadedDrill): void {
  for (const one of candidatesOf(drill)) {
    const noReturn = Object.entries(runbookFor(one, topology).steps).flatMap(([step, { kind }]) => {
      const why = steps.get(kind)?.pointOfNoReturn;
      return why === undefined ? [] : [{ step, line: lineOf(step), why }];
    });
    mustConsent(one, noReturn);
  }
}

/** Has a person type the drill's name, or takes it from `--confirm`; anything else ends here, with nothing changed. */
export async function mustBeConfirmed(
  { drill, topology }: LoadedDrill,
  { given, overrides }: { given: string | undefined; overrides: readonly string[] },
  arn: string,
  terminal: Terminal,
): Promise<void> {
  // Whoever confirms has read the file, which says something else.
  if (overrides.length > 0) terminal.err(`Set on the command line, not in the file: ${overrides.join(', ')}\n`);
  const typed =
    given ??
    (await asked(
      `This changes AWS account ${topology.account}, as ${arn}.`,
      `Type ${drill.drill} to go on: `,
      terminal,
    ));
  if (typed === drill.drill) return;
  throw new DrillError(
    'not-confirmed',
    typed === undefined ? 'A live drill has to be confirmed.' : `'${typed}' is not the drill's name: nothing was done.`,
    {
      hint: `Type the name when asked, or give it where nobody can: --confirm ${drill.drill}`,
    },
  );
}

async function asked(what: string, question: string, { err }: Terminal): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  err(`\n${what}\n`);
  return atKeyboard({}, (ask) => ask(question)).catch((error) => {
    if (error instanceof Aborted) return undefined;
    throw error;
  });
}

interface LiveOptions extends LoadedDrill {
  /** Of the run: where other terminals leave word. */
  folder: string;
  /** Given back when the run has ended; a run that only reads needs none. */
  lease?: Lease | undefined;
  /** Takes the topology for a drill that begins later, when its moment has come. */
  claim?: (() => Promise<Lease>) | undefined;
  signal: AbortSignal;
  onEntry: (entry: Entry) => void;
  /** Says something to whoever watches. */
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

/** Takes up a run on a real account: its time goes on from where the ended process left it. */
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
      mend: 'Read its journal where it ran, and resume it there when this run has ended.',
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

/** Sends messages beside the run: no call of theirs is part of it, or waits for its session. */
async function senderFor(topology: LoadedDrill['topology'], account: LiveAccount, clock: Clock) {
  const { noticeSender } = await import('../live/notices.ts');
  const aws = gatewayForNotices(topology, account);
  return noticeSender({ topology, clock, aws: async () => aws });
}

/** The way to SNS, and to secrets of channels. */
export function gatewayForNotices(topology: LoadedDrill['topology'], account: LiveAccount): Aws {
  const { signal } = new AbortController();
  const regions = channelsOf(topology).flatMap(([, channel]) =>
    secretsOf(channel).flatMap((one) => (one.from === 'secrets-manager' && one.region ? [one.region] : [])),
  );
  const aws = gatewayOutside(account, [...regionsOf(topology), ...regions]);
  return aws({ step: 'notices', signal });
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
    clock,
    readOnly,
    folder,
    tell,
    traceparent: traceparentFor(process.env, { account: topology.account, run: basename(folder) }),
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
