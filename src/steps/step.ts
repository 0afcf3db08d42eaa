import type * as z from 'zod';
import type { Aws } from '../aws/aws.ts';
import type { Clock } from '../clock/clock.ts';
import { DrillError } from '../errors.ts';
import type { Entry, Json, ProbeResult, RunEvent } from '../journal/events.ts';
import type { Ports } from '../ports/ports.ts';
import type { ByHand } from './by-hand.ts';
import type { Given } from './given.ts';
import type { Need } from './needs.ts';

/** What a step may use while it works. Every wait ends when `signal` fires. */
export interface StepContext extends Ports {
  /** The name under which the drill runs it. */
  step: string;
  /** The run, as it marks what it makes. */
  run: string;
  aws: Aws;
  clock: Clock;
  signal: AbortSignal;
  record(event: RunEvent): void;
  /** Says why the step, or what its title promises, is not done although nothing fails: it gets no tick, and no figure rests on it. */
  notDone(why: string): void;
  /** What the journal holds so far. */
  entries(): readonly Entry[];
  /** What the watched customers of a name met so far, in the order of the journal, which may lag some seconds behind. */
  probed(of: string): readonly ProbeResult[];
}

/** What a look at the world gave: is there anything left to do, and how does it stand? */
export interface Observation {
  done: boolean;
  /** It was asked for already and is on its way: asking again would be a second change. */
  underway?: boolean;
  state: Json;
}

/** How what a step has changed stands now: facts, each in a line, and whether they are what the step asked for. */
export interface Standing {
  asAsked: boolean;
  facts: string[];
}

/** Goes on beside later steps. Its calls are among those of the step itself. */
export interface Keeping {
  title: string;
  keep(context: StepContext): Promise<void>;
}

/** Thrown by `settle` when the change is not in progress: the step requests it again. */
export class NotMade extends DrillError {
  constructor(message: string) {
    super('not-made', message);
    this.name = 'NotMade';
  }
}

/** Where a step needs a control plane after the failure. */
export interface Disaster {
  /** That it calls. */
  region: string;
  /** The region that is lost, if one is. */
  lost: string | undefined;
  recovery: string;
}

/** What a plan says of a control plane that may be part of the disaster. */
export interface Risk {
  /** A note is milder: no better way is known, or it matters less. */
  severity?: 'note';
  /** The control plane, where it is not the region's own, such as `Route 53's control plane`. */
  of?: string;
  why: string;
  fix: string;
}

/** An IAM permission that a step needs. */
export interface Permission {
  action: string;
  resource: string;
  /** Of `iam:PassRole`: the only service that may be given the role, such as `ssm.amazonaws.com`. */
  passedTo?: string;
}

/** Control plane: an API that may be down in a disaster. Data plane: what continues working. */
export type Plane = 'control' | 'data';

/**
 * One thing that a drill does. It looks before it acts, so that doing it twice is safe:
 * `observe` → done, or `apply` → `settle`; and `undo` with what `observe` had seen, which looks before it acts, too.
 */
export interface Step<P, R extends Json = Json> {
  kind: string;
  params: z.ZodType<P>;
  /** How a drill file asks for it; absent where only a machine of ours does. */
  given?: Given<P>;
  /** What a preflight must find for it; an empty list where it needs nothing. */
  needs(params: P): readonly Need[];
  /** The things that it makes or changes: what later steps need of those, no preflight can find yet. */
  alters?(params: P): readonly string[];
  plane: Plane;
  title(params: P): string;
  region?(params: P): string;
  /** AWS operations it may call, as `rds:PromoteReadReplica`; a function where that follows from the parameters. */
  calls: readonly string[] | ((params: P) => readonly string[]);
  permissions(params: P, account: string): Permission[];
  /** What a person would type instead: complete, so that it can be copied. */
  command(params: P): string;
  /** What a person sees when it is done, as a sentence. */
  doneWhen?(params: P): string;
  byHand?: ByHand<P, R>;
  /** A planning figure for `plan`, never for a report: how long it usually takes. */
  usuallyMs(params: P): number;
  /** What is at risk where it needs its control plane after the failure; what holds for every step by default. */
  risk?(params: P, disaster: Disaster): Risk | undefined;
  /** Set where it restores from backups, which its region keeps. */
  restores?: true;
  /** Set when the step cannot be undone: why. */
  pointOfNoReturn?: string;
  /** How long its calls to AWS are repeated that fail without a refusal: until its deadline by default. For a step to which silence is a finding. */
  patienceMs?: number;
  observe(params: P, context: StepContext): Promise<Observation>;
  /** Set when it can safely be asked for twice: a resumed run then asks at once, where another step would look first. */
  repeatable?: true;
  /** Asks for it; what it gives, such as the id of a change, is journalled and handed to `settle`. */
  apply?(params: P, context: StepContext, before: Observation): Promise<Json | undefined>;
  /** Waits until it is so, and gives what later steps need to know. */
  settle?(params: P, context: StepContext, before: Observation, receipt: Json | undefined): Promise<R>;
  /** Set if it watches customers being served: everything that they waited for came before it. */
  seesCustomersServed?: true;
  /** How what it has changed stands now, for what others may change, too; `settled` once it had ended. */
  standing?(params: P, context: StepContext, settled: boolean): Promise<Standing>;
  /** What sees to it beside later steps that what this one did stays so; nothing, where there is nothing to see to with these parameters. */
  keep?(params: P): Keeping | undefined;
  undo?(params: P, context: StepContext, before: Observation): Promise<void>;
  /** How long its undo may take before a person is asked to do it: 10 min by default. */
  undoWithinMs?: number;
  /** Set where its undo needs the region that a failure has taken away: it is undone once all else is, the failure included. */
  undoneLast?: true;
  /** What a person would type to undo it; every step with an `undo` has one. */
  undoCommand?(params: P, before: Observation): string;
  /** Set if it is undone even after a point of no return: both sides serve, even if the rest is held. */
  returnsBehindNoReturn?: true;
  /**
   * Done when nothing is undone any more: sees to what must stay as this step made it, although nobody watches from then on, or tells a
   * person.
   */
  whenHeld?(params: P, context: StepContext): Promise<void>;
  /** Set when something stays behind an undo that only a person may throw away: what, and why. */
  staysBehindUndo?(params: P): string | undefined;
}

/** The AWS operations that a step may call with these parameters. */
export const callsWith = <P>({ calls }: Pick<Step<P>, 'calls'>, params: P): readonly string[] =>
  typeof calls === 'function' ? calls(params) : calls;

/** Gives a step its parameter types and forgets them again, so that an index can hold them all. */
// biome-ignore lint/suspicious/noExplicitAny: an index of steps holds steps of every parameter type
export type AnyStep = Step<any, any>;
export const defineStep = <P, R extends Json = Json>(step: Step<P, R>): Step<P, R> => step;
