import { assign, fromPromise, setup } from 'xstate';

/** Why a machine left its straight path. Plain, so that it can be journalled. */
export interface Trouble {
  step: string;
  reason: string;
}

/** What the look for a failure found. */
export interface Detection {
  writerUnreachable: boolean;
  allCriticalFailed: boolean;
  errorRateSustained: boolean;
  /** Answers took too long for as long; a run of an older version did not look. */
  responseTimeSustained?: boolean;
  /** How many services are down, and how many of them are critical; a run of an older version did not ask. */
  servicesDown?: string[];
  criticalDown?: number;
  /** Share of requests that failed, between 0 and 1, as far as the shop's metric told. */
  errorShare?: number | null;
}

/** The handbook's figures: two critical services and 5 % of the requests are for people to decide; less is watched. */
const REVIEW = { criticalDown: 2, errorShare: 0.05 };

/** What a machine may decides what it knows. */
export type Decision = 'fail-over' | 'stay' | 'review' | 'watch' | 'restore' | 'stop' | 'stand-still';

export interface DrillContext {
  trouble: Trouble | null;
  aborted: boolean;
  /** A change of no return was made: nothing may be undone behind it. */
  held: boolean;
  detection: Detection | null;
  /** People must agree before the failover begins. */
  asksPeople: boolean;
  /** Every check of the restored data passed. */
  dataProven: boolean;
  /** What could not be done, where the rest continued without it. */
  givenUp: Trouble[];
  /** Branches that others waited for, and that have ended. */
  ended: string[];
  /** Which side may write when the regions do not see each other; null where neither may, or nobody has asked. */
  holder: 'primary' | 'recovery' | null;
  targetsMet: boolean;
}

export type DrillInput = Pick<DrillContext, 'asksPeople'>;
export type DrillEvents = { type: 'ABORT'; reason: string };

/** Which step, and the steps beside it that do not wait for it much longer than they take themselves. */
export interface DeadlineInput {
  step: string;
  yieldsTo?: readonly string[];
}

/** Branches of the same name are in several phases: the first step of all that runs beside them tells them apart. */
const endOf = (of: string, branch: string): string => `${of}: ${branch}`;

const notProvided = (name: string) => () => Promise.reject(new Error(`the run must provide ${name}`));

/** Actors, actions and guards that every drill's machine is made of; the run provides what they do. */
export const drillSetup = setup({
  types: {
    context: {} as DrillContext,
    input: {} as DrillInput,
    events: {} as DrillEvents,
    tags: {} as 'end',
  },
  actors: {
    /** Carries out one step of the runbook. */
    step: fromPromise<unknown, { step: string }>(notProvided('step')),
    /** Ends when the step's time is up, or when others have waited long enough for it, and says which. */
    deadline: fromPromise<string, DeadlineInput>(notProvided('deadline')),
    /** Watches for as long as its state lasts. */
    watch: fromPromise<void, { watch: string }>(notProvided('watch')),
    /** Undoes in reverse order what was really applied, or holds behind a point of no return. */
    rollback: fromPromise<{ held: boolean }>(notProvided('rollback')),
    /** Holds the figures against the targets. */
    judge: fromPromise<{ met: boolean }>(notProvided('judge')),
  },
  actions: {
    enterPhase: (_, _phase: { phase: string }) => {},
    leavePhase: (_, _phase: { phase: string }) => {},
    recordDecision: (_, _decision: { decision: Decision; rule: string }) => {},
    noteDetection: assign((_, detection: Detection) => ({ detection })),
    noteDataChecks: assign((_, { failed }: { failed: string[] }) => ({ dataProven: failed.length === 0 })),
    noteHolder: assign((_, { holder }: Pick<DrillContext, 'holder'>) => ({ holder })),
    noteVerdict: assign((_, { met }: { met: boolean }) => ({ targetsMet: met })),
    noteFailure: assign((_, trouble: Trouble) => ({ trouble })),
    noteLeftBehind: assign({ held: true }),
    noteGivenUp: assign(({ context }, trouble: Trouble) => ({ givenUp: [...context.givenUp, trouble] })),
    noteEnded: assign(({ context }, { of, branch }: { of: string; branch: string }) => ({
      ended: [...context.ended, endOf(of, branch)],
    })),
    noteAbort: assign({
      aborted: true,
      trouble: ({ context, event }): Trouble =>
        context.trouble ?? { step: '', reason: event.type === 'ABORT' ? event.reason : 'aborted' },
    }),
  },
  guards: {
    writerUnreachable: ({ context }) => context.detection?.writerUnreachable ?? false,
    allCriticalFailed: ({ context }) => context.detection?.allCriticalFailed ?? false,
    errorRateSustained: ({ context }) => context.detection?.errorRateSustained ?? false,
    responseTimeSustained: ({ context }) => context.detection?.responseTimeSustained ?? false,
    severalServicesDown: ({ context: { detection } }) =>
      (detection?.criticalDown ?? 0) >= REVIEW.criticalDown && (detection?.errorShare ?? 0) >= REVIEW.errorShare,
    oneServiceDown: ({ context: { detection } }) =>
      detection?.servicesDown?.length === 1 && (detection.errorShare ?? 0) < REVIEW.errorShare,
    targetsMet: ({ context }) => context.targetsMet,
    wasAborted: ({ context }) => context.aborted,
    isHeld: ({ context }) => context.held,
    holds: (_, { held }: { held: boolean }) => held,
    hasFailed: ({ context }) => context.trouble !== null,
    asksPeople: ({ context }) => context.asksPeople,
    haveEnded: ({ context }, { of, branches }: { of: string; branches: readonly string[] }) =>
      branches.every((one) => context.ended.includes(endOf(of, one))),
    wasGivenUp: ({ context }, { steps }: { steps: readonly string[] }) =>
      context.givenUp.some((one) => steps.includes(one.step)),
    dataProven: ({ context }) => context.dataProven,
    primaryHoldsQuorum: ({ context }) => context.holder === 'primary',
    recoveryHoldsQuorum: ({ context }) => context.holder === 'recovery',
  },
});

export const freshContext = ({ input }: { input: DrillInput }): DrillContext => ({
  trouble: null,
  aborted: false,
  held: false,
  detection: null,
  asksPeople: input.asksPeople,
  givenUp: [],
  ended: [],
  dataProven: false,
  holder: null,
  targetsMet: false,
});

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A way out of a state in which a rule decides: what the journal keeps of it, and the reason where the drill ends there. */
export const decides = (
  target: string,
  decision: Decision,
  { guard, rule = guard, reason }: { guard?: string; rule?: string; reason?: string },
) => ({
  ...(guard !== undefined && { guard }),
  target,
  actions: [
    { type: 'recordDecision' as const, params: { decision, rule } },
    ...(reason === undefined ? [] : [{ type: 'noteFailure' as const, params: { step: 'decide', reason } }]),
  ],
});

/** Keeps what the look for a failure found, for the guards that decide. */
export const noteDetection = {
  type: 'noteDetection' as const,
  params: ({ event }: { event: { output: unknown } }) => event.output as Detection,
};

/** Keeps whether the data passed every check, for the guard that lets a restored database take over. */
export const noteDataChecks = {
  type: 'noteDataChecks' as const,
  params: ({ event }: { event: { output: unknown } }) => event.output as { failed: string[] },
};

/** Keeps which side may write, for the guards that decide which one continues. */
export const noteHolder = {
  type: 'noteHolder' as const,
  params: ({ event }: { event: { output: unknown } }) => event.output as Pick<DrillContext, 'holder'>,
};

/** The invocations of a step and of its deadline: done, failed and too late are three arrows in the picture. */
export function step<const Name extends string, const Target extends string>(
  name: Name,
  done: Target,
  trouble: string,
  {
    whenDone = [],
    whenTrouble = [],
    note = 'noteFailure',
    yieldsTo = [],
  }: {
    whenDone?: (typeof noteDetection | typeof noteDataChecks | typeof noteHolder)[];
    whenTrouble?: 'noteLeftBehind'[];
    note?: 'noteFailure' | 'noteGivenUp';
    yieldsTo?: readonly string[];
  } = {},
) {
  return [
    {
      id: name,
      src: 'step' as const,
      input: { step: name },
      onDone: { target: done, actions: whenDone },
      onError: {
        target: trouble,
        actions: [
          {
            type: note,
            params: ({ event }: { event: { error: unknown } }) => ({ step: name, reason: messageOf(event.error) }),
          },
          ...whenTrouble,
        ],
      },
    },
    {
      id: `${name}-deadline`,
      src: 'deadline' as const,
      input: { step: name, ...(yieldsTo.length > 0 && { yieldsTo }) },
      onDone: {
        target: trouble,
        actions: [
          {
            type: note,
            params: ({ event }: { event: { output: unknown } }) => ({ step: name, reason: String(event.output) }),
          },
          ...whenTrouble,
        ],
      },
    },
  ];
}

/** Journals that a phase begins and ends. */
export const phase = <const Phase extends string>(name: Phase) => ({
  entry: { type: 'enterPhase' as const, params: { phase: name } },
  exit: { type: 'leavePhase' as const, params: { phase: name } },
});

/** Undoes what was done, and goes on with `next`; unless something is held, which a person decides: it may be in use by now. */
export const rollback = <const Next extends string>(next: Next) => ({
  id: 'rollback',
  ...phase('rollback'),
  invoke: {
    id: 'rollback',
    src: 'rollback' as const,
    onDone: [
      {
        guard: {
          type: 'holds' as const,
          params: ({ event }: { event: { output: { held: boolean } } }) => event.output,
        },
        target: 'undone' as const,
        actions: 'noteLeftBehind' as const,
      },
      { target: next },
    ],
    onError: { target: 'failed' as const },
  },
  on: { ABORT: { actions: 'noteAbort' as const } },
});

/** How every drill ends: the figures are compared with the targets, or the run is over before that. */
export const verdict = {
  judge: {
    id: 'judge',
    ...phase('judge'),
    invoke: {
      id: 'judge',
      src: 'judge' as const,
      onDone: {
        target: 'judged' as const,
        actions: {
          type: 'noteVerdict' as const,
          params: ({ event }: { event: { output: { met: boolean } } }) => event.output,
        },
      },
      onError: { target: 'target-missed' as const },
    },
  },
  judged: {
    always: [{ guard: 'targetsMet' as const, target: 'passed' as const }, { target: 'target-missed' as const }],
  },

  undone: {
    id: 'undone',
    always: [
      { guard: 'wasAborted' as const, target: 'aborted' as const },
      { guard: 'isHeld' as const, target: 'failed' as const },
      { target: 'rolled-back' as const },
    ],
  },

  passed: { type: 'final' as const },
  'target-missed': { type: 'final' as const },
  failed: { type: 'final' as const },
  aborted: { type: 'final' as const },
  'rolled-back': { type: 'final' as const },
};
