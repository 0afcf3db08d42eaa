import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import type { ErrorFacts } from '../errors.ts';
import type { HeldEvent } from './held-events.ts';
import type { NoticeEvent } from './notice.ts';
import type { PeopleEvent } from './people-events.ts';

/** How a run ended. `failed`: a step failed and a change of no return is held; a person must decide. */
export type Outcome = 'passed' | 'target-missed' | 'failed' | 'rolled-back' | 'aborted';

export type Severity = 'blocker' | 'warning' | 'note';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** One try of a customer through the public door. */
export interface ProbeResult {
  /** Epoch milliseconds when the request was sent. */
  at: number;
  ok: boolean;
  latencyMs: number;
  /** The region that served, where the answer said so. */
  servedBy?: string;
  /** Why it failed: a status, or the error's name. */
  reason?: string;
  /** Which of the watched customers sent it, from 0; absent if one was watched. */
  customer?: number;
  /** The answer of DNS that it used; absent if it is the one that the customer used before, or none. */
  answer?: UsedAnswer;
}

/** What DNS answered a customer. */
export interface UsedAnswer {
  address: string;
  /** Epoch milliseconds when it came. */
  askedMs: number;
  /** How long it could be kept. */
  ttlMs: number;
  /** How long a cache that others share may have kept it before, where the answer came from one. */
  sharedForMs?: number;
}

/** Requests of one watched customer, one after another, that ended alike. */
export interface Stretch extends Omit<ProbeResult, 'at' | 'latencyMs' | 'customer'> {
  customer: number;
  /** Epoch milliseconds when the first and the last of them were sent. */
  fromMs: number;
  toMs: number;
  /** How long each took, in the order of sending. */
  latenciesMs: number[];
}

/** What a machine's clocks said when a process took a run up, for the next one to continue from. */
export interface Clocks {
  /** Names the boot of the machine, where it has a name, and how long ago it was. */
  boot?: string;
  uptimeMs?: number;
  /** How far AWS's clock was ahead of steady time, to the second; absent where AWS had not said. */
  awsAheadMs?: number;
}

/** How the steady time of a process was joined to that of the previous one it. */
export interface Joined {
  /** `wall`: AWS's clock agreed; `aws`: it did not, and was followed; `wall alone`: nobody could say. */
  by: 'uptime' | 'wall' | 'aws' | 'wall alone';
  /** How far the time in between may be off, in milliseconds. */
  errorMs: number;
}

/** Everything that can happen in a run. The journal holds these and nothing else; every report is computed from them. */
export type RunEvent =
  | HeldEvent
  | PeopleEvent
  | NoticeEvent
  | {
      type: 'run-started';
      format: 1;
      tool: string;
      mode: 'dry-run' | 'live';
      /** Where a live run's calls went, if not to AWS itself: such a run proves nothing about the account. */
      elsewhere?: string;
      seed: number;
      drill: Drill;
      /** SHA-256 of the drill and topology as validated. */
      drillHash: string;
      topology: Topology;
      /** Settings given on the command line over the file's. */
      overrides: string[];
      /** Of the process that began it; a simulated machine has none. */
      clocks?: Clocks;
    }
  | {
      /** Someone took the run up again after its process had ended. */
      type: 'run-resumed';
      tool: string;
      /** Time between the last line of the ended process and this one, in milliseconds. */
      deadMs: number;
      /** Bytes of a last line that was cut off: its event never counted, and nothing followed from it. */
      tornBytes: number;
      clocks?: Clocks;
      joined?: Joined;
    }
  | {
      /** The machine's wall clock was set, or has drifted away from steady time. No other line of the journal follows it. */
      type: 'clock-jumped';
      /** By how much it moved against steady time since it was last noted, in milliseconds. */
      byMs: number;
      /** What it said then (ISO). */
      wall: string;
    }
  | {
      /** The topology was this run's alone from then on, as long as the lease was renewed. */
      type: 'lease-taken';
      owner: string;
      expiresAt: string;
      /** Whose lease had run out, where there was one. */
      takenOverFrom?: { owner: string; run: string; expiresAt: string };
    }
  | {
      /** A drill and its moment were drawn. The seal is the SHA-256 of both and a number that nobody can guess: it says nothing about them. */
      type: 'draw-sealed';
      how: 'random' | 'seed';
      /** The names of the drills that one was drawn from, in the header's order. */
      of: string[];
      window: Json;
      /** ISO instant from which the window was reckoned. */
      from: string;
      seal: string;
    }
  | {
      type: 'commander-told';
      to: string;
      about: 'the draw' | 'the beginning';
    }
  | { type: 'beginning-postponed'; why: string; until: string }
  | {
      /** What the seal held; `begins` is false where the run ends without it. */
      type: 'draw-revealed';
      drawn: number;
      drill: string;
      moment: string;
      nonce: string;
      begins: boolean;
    }
  | {
      /** Something that the run looks at, or asks for, has failed for 5 s or more. It is repeated. */
      type: 'look-failing';
      step: string;
      /** Such as `rds DescribeDBInstances in eu-west-1`. */
      what: string;
      reason: string;
      /** How many times it has failed in a row. */
      times: number;
      /** Until the next attempt, in milliseconds. */
      nextMs: number;
    }
  | {
      /** AWS does not accept the credentials any more: the run pauses until there are new ones. Written again when the reason changes. */
      type: 'session-ended';
      reason: string;
      hint: string;
      /** ISO instant at which the run is suspended. */
      until: string;
    }
  | { type: 'session-renewed'; afterMs: number }
  | {
      /** The process stopped, and left everything as it stood: the run can be resumed. */
      type: 'run-suspended';
      step: string;
      reason: string;
      hint?: string;
    }
  | { type: 'phase-entered'; phase: string }
  | { type: 'phase-left'; phase: string }
  | {
      /** A step is about to act. Written before anything leaves. */
      type: 'step-started';
      step: string;
      kind: string;
      title: string;
      phase: string;
      plane: 'control' | 'data';
      region?: string;
      params: Json;
      /** What a person would type instead. */
      command: string;
      deadlineAt: string;
    }
  | {
      /** What the step found before it acted; `done` means that there was nothing left to do. */
      type: 'step-observed';
      step: string;
      done: boolean;
      state: Json;
    }
  | { type: 'step-resumed'; step: string; deadlineAt: string }
  | { type: 'deadline-passed'; step: string; reason: string }
  | { type: 'step-applying'; step: string; pointOfNoReturn?: string }
  | { type: 'step-applied'; step: string; receipt?: Json }
  | {
      type: 'step-ended';
      step: string;
      /** `unknown`: it may or may not have taken effect, and only a look at AWS will tell. */
      outcome: 'ok' | 'failed' | 'unknown' | 'aborted' | 'deadline';
      result?: Json;
      /** Why it, or what its title promises, was not done although nothing failed: no figure may rest on it. */
      notDone?: string;
      error?: ErrorFacts;
    }
  | { type: 'undo-started'; step: string; title: string; command: string }
  | {
      type: 'undo-ended';
      step: string;
      outcome: 'ok' | 'failed' | 'nothing-to-undo';
      error?: ErrorFacts;
      command?: string;
    }
  | { type: 'held'; step: string; reason: string }
  | { type: 'rollback-ended'; held: boolean }
  | { type: 'judged'; met: boolean; reasons: string[] }
  | {
      type: 'call';
      step?: string;
      service: string;
      operation: string;
      region: string;
      mutating: boolean;
      attempt: number;
      tookMs: number;
      outcome: 'ok' | 'failed' | 'unknown';
      requestId?: string;
      error?: ErrorFacts;
    }
  | {
      type: 'impaired';
      what: string;
      region: string;
      /** When it was caused (ISO), where the one who did it said so; otherwise the line's own time counts. */
      since?: string;
    }
  | {
      /** One look of a detection or verification check. */
      type: 'check';
      /** The step that made it, here and of a data check and a finding; journals of earlier versions have none. */
      step?: string;
      check: string;
      layer: 'infrastructure' | 'service' | 'business' | 'verification';
      critical: boolean;
      ok: boolean;
      detail: string;
    }
  | {
      type: 'decision';
      decision: 'fail-over' | 'stay' | 'review' | 'watch' | 'restore' | 'stop' | 'stand-still';
      by: 'rule' | 'person';
      rule: string;
    }
  | {
      /** What the customer met who is watched at a public name: the form of journals that watched one. */
      type: 'probed';
      /** The name's component. */
      of: string;
      everyMs: number;
      results: ProbeResult[];
    }
  | {
      /** What the watched customers of a public name met. */
      type: 'customers-probed';
      /** The name's component. */
      of: string;
      /** How often each customer sends a request, in milliseconds. */
      everyMs: number;
      /** How many customers are watched. */
      customers: number;
      stretches: Stretch[];
    }
  | {
      /** What the zone's own name servers answer from now on: noted where it differs from the answer before. */
      type: 'zone-answer';
      /** The name's component. */
      of: string;
      name: string;
      /** How often they are asked, in milliseconds. */
      everyMs: number;
      addresses: string[];
      /** Whose addresses these are; absent where addresses tell no side. */
      side?: 'primary' | 'recovery' | 'both' | 'neither';
      /** Why there is none. */
      reason?: string;
    }
  | {
      /** Heartbeat rows that the writer acknowledged: sequence numbers and epoch milliseconds of the acknowledgement. */
      type: 'heartbeats';
      /** The data store's component. */
      of: string;
      instance: string;
      rows: [sequence: number, acknowledgedAt: number][];
    }
  | {
      /** Heartbeat rows found on the instance that now counts: how many, the first and last, and the gaps between them. */
      type: 'heartbeats-found';
      /** The data store's component. */
      of: string;
      instance: string;
      count: number;
      first: number | null;
      last: number | null;
      missing: [from: number, to: number][];
    }
  | { type: 'lag'; instance: string; lagMs: number | null; source: 'metric' | 'heartbeat' | 'log' }
  | {
      type: 'data-check';
      step?: string;
      check: string;
      title: string;
      instance: string;
      /** Null where it was not made: a simulated database has no answer to a question of the user's own. */
      ok: boolean | null;
      /** Offending rows, or what was counted against what was expected. */
      detail: string;
      rows: Json[];
    }
  | {
      type: 'recovery-point';
      /** The data store that it is of, where a component is one. */
      of?: string;
      from: 'snapshot' | 'point-in-time' | 'archive';
      id: string;
      /** ISO instant that the restored data should reach. */
      time: string;
    }
  | {
      /** Why something that a step waits for does not become ready, in the words of the one who runs it: noted when it changes. */
      type: 'not-ready';
      step: string;
      subject: string;
      reasons: string[];
    }
  | {
      /** Where a database is: a run that is taken up again knows it although its region may be lost by then. */
      type: 'endpoint-found';
      region: string;
      instance: string;
      host: string;
      port: number;
    }
  | {
      type: 'finding';
      severity: Severity;
      subject: string;
      what: string;
      why: string;
      fix: string;
      step?: string;
    }
  | { type: 'abort-requested'; reason: string }
  | { type: 'run-ended'; outcome: Outcome; reason: string };

/** One line of the journal. */
export type Entry = {
  seq: number;
  /** Steady time, ISO: the wall time at which the process began, plus monotonic time since. */
  at: string;
  /** Monotonic milliseconds since the run began. */
  ms: number;
  /** SHA-256 of the previous line; zeros in the first. */
  prev: string;
} & RunEvent;

export type EventOf<T extends RunEvent['type']> = Extract<Entry, { type: T }>;
