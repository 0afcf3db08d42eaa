import type { Entry, EventOf, RunEvent } from '../journal/events.ts';
import { spanIdOf, traceIdOf } from './ids.ts';

export type Attributes = Record<string, string | number | boolean>;

/** Something that took time: the run, a phase, a step, an undo or a call. */
export interface Span {
  traceId: string;
  spanId: string;
  /** Absent for the run itself. */
  parentId?: string;
  name: string;
  isCall: boolean;
  /** Epoch milliseconds. */
  fromMs: number;
  toMs: number;
  attributes: Attributes;
  /** Why it failed; absent where it did not. */
  failed?: string;
  events: { name: string; atMs: number; attributes: Attributes }[];
}

type Open = Omit<Span, 'toMs'>;

/** What happens within a span, and took no time of its own. */
const MOMENTS: ReadonlySet<RunEvent['type']> = new Set([
  'abort-requested',
  'answer-refused',
  'answered',
  'approval-asked',
  'approval-lapsed',
  'clock-jumped',
  'continued',
  'deadline-passed',
  'decision',
  'draw-revealed',
  'finding',
  'held',
  'impaired',
  'judged',
  'look-failing',
  'not-ready',
  'person-wanted',
  'recovery-point',
  'rollback-ended',
  'run-resumed',
  'run-suspended',
  'session-ended',
  'session-renewed',
  'step-kept',
  'step-resumed',
]);

/** Folds the lines of one journal into spans. It knows what the journal's door let through, and nothing else. */
export class Spans {
  readonly #run: string;
  readonly #phases = new Map<string, Open>();
  readonly #steps = new Map<string, Open>();
  readonly #undos = new Map<string, Open>();
  #root: Open | undefined;
  #mark = '';

  /** @param run the name of the run's folder */
  constructor(run: string) {
    this.#run = run;
  }

  /** The spans that this line ends. */
  hear(entry: Entry): Span[] {
    if (entry.type === 'run-started') this.#begin(entry);
    const root = this.#root;
    if (!root) return [];
    if (MOMENTS.has(entry.type)) this.#note(entry, root);
    switch (entry.type) {
      case 'phase-entered':
        this.#phases.set(
          entry.phase,
          this.#open(entry, `phase ${entry.phase}`, root, { 'dr_drill.phase': entry.phase }),
        );
        return [];
      case 'phase-left':
        return this.#end(this.#phases, entry.phase, entry);
      case 'step-started':
        this.#steps.set(entry.step, this.#step(entry, this.#phases.get(entry.phase) ?? root));
        return [];
      case 'step-ended':
        return this.#end(this.#steps, entry.step, entry, stepEnd(entry));
      case 'undo-started':
        this.#undos.set(
          entry.step,
          this.#open(entry, `undo ${entry.step}`, root, { 'dr_drill.step': entry.step, 'dr_drill.title': entry.title }),
        );
        return [];
      case 'undo-ended':
        return this.#end(this.#undos, entry.step, entry, {
          attributes: { 'dr_drill.outcome': entry.outcome },
          ...(entry.outcome === 'failed' && { failed: entry.error?.message ?? entry.outcome }),
        });
      case 'call':
        return [this.#call(entry, this.#within(entry.step) ?? root)];
      case 'run-ended':
        return this.#close(entry, root);
      default:
        return [];
    }
  }

  #begin(entry: EventOf<'run-started'>): void {
    const { drill, topology, mode, elsewhere, seed, overrides, tool } = entry;
    this.#mark = mode === 'dry-run' ? 'SIMULATED' : elsewhere === undefined ? 'live' : 'NOT AWS';
    const traceId = traceIdOf({ account: topology.account, run: this.#run });
    this.#root = {
      traceId,
      spanId: spanIdOf(traceId, 'run'),
      name: `drill ${drill.drill}`,
      isCall: false,
      fromMs: Date.parse(entry.at),
      attributes: {
        'dr_drill.mark': this.#mark,
        'dr_drill.run': this.#run,
        'dr_drill.drill': drill.drill,
        'dr_drill.title': drill.title,
        'dr_drill.machine': drill.machine,
        'dr_drill.topology': topology.topology,
        'dr_drill.mode': mode,
        'dr_drill.tool': tool,
        'cloud.account.id': topology.account,
        'dr_drill.region.primary': topology.regions.primary,
        'dr_drill.region.recovery': topology.regions.recovery,
        ...(overrides.length > 0 && { 'dr_drill.overrides': overrides.join(', ') }),
        ...(mode === 'dry-run' && { 'dr_drill.seed': seed, 'dr_drill.simulated_start': entry.at }),
      },
      events: [],
    };
  }

  #open({ seq, at }: Entry, name: string, parent: Open, attributes: Attributes): Open {
    const { traceId, spanId: parentId } = parent;
    return {
      traceId,
      spanId: spanIdOf(traceId, seq),
      parentId,
      name,
      isCall: false,
      fromMs: Date.parse(at),
      attributes: { 'dr_drill.mark': this.#mark, ...attributes },
      events: [],
    };
  }

  #step(entry: EventOf<'step-started'>, parent: Open): Open {
    return this.#open(entry, entry.step, parent, {
      'dr_drill.step': entry.step,
      'dr_drill.kind': entry.kind,
      'dr_drill.title': entry.title,
      'dr_drill.phase': entry.phase,
      'dr_drill.plane': entry.plane,
      ...(entry.region !== undefined && { 'cloud.region': entry.region }),
    });
  }

  #call(entry: EventOf<'call'>, parent: Open): Span {
    const { service, operation, region, mutating, attempt, tookMs, outcome, requestId, error } = entry;
    const toMs = Date.parse(entry.at);
    return {
      ...this.#open(entry, `${service}.${operation}`, parent, {
        'rpc.system': 'aws-api',
        'rpc.service': service,
        'rpc.method': operation,
        'cloud.region': region,
        'dr_drill.mutating': mutating,
        'dr_drill.attempt': attempt,
        'dr_drill.outcome': outcome,
        ...(requestId !== undefined && { 'aws.request_id': requestId }),
        ...(error && { 'error.type': error.name }),
      }),
      isCall: true,
      fromMs: toMs - tookMs,
      toMs,
      ...(outcome !== 'ok' && { failed: error?.message ?? outcome }),
    };
  }

  #note(entry: Entry, root: Open): void {
    const step = 'step' in entry ? entry.step : undefined;
    const within = this.#within(step) ?? root;
    within.events.push({ name: entry.type, atMs: Date.parse(entry.at), attributes: factsOf(entry) });
  }

  #within = (step: string | undefined): Open | undefined =>
    step === undefined ? undefined : (this.#undos.get(step) ?? this.#steps.get(step));

  #end(
    open: Map<string, Open>,
    name: string,
    { at }: Entry,
    { attributes = {}, failed }: { attributes?: Attributes; failed?: string } = {},
  ): Span[] {
    const span = open.get(name);
    if (!span) return [];
    open.delete(name);
    const all = { ...span.attributes, ...attributes };
    return [{ ...span, attributes: all, toMs: Date.parse(at), ...(failed !== undefined && { failed }) }];
  }

  /** What has not ended by then never will. */
  #close(entry: EventOf<'run-ended'>, root: Open): Span[] {
    const left = [this.#undos, this.#steps, this.#phases].flatMap((open) =>
      [...open.keys()].flatMap((name) => this.#end(open, name, entry, { attributes: { 'dr_drill.unfinished': true } })),
    );
    const { outcome, reason } = entry;
    const attributes = { ...root.attributes, 'dr_drill.outcome': outcome, 'dr_drill.reason': reason };
    const failed = outcome === 'passed' ? {} : { failed: `${outcome}: ${reason}` };
    return [...left, { ...root, attributes, events: [...root.events], toMs: Date.parse(entry.at), ...failed }];
  }
}

function stepEnd({ outcome, notDone, error }: EventOf<'step-ended'>): { attributes: Attributes; failed?: string } {
  const attributes = { 'dr_drill.outcome': outcome, ...(notDone !== undefined && { 'dr_drill.not_done': notDone }) };
  return outcome === 'ok' ? { attributes } : { attributes, failed: error?.message ?? outcome };
}

const ENVELOPE = ['seq', 'at', 'ms', 'prev', 'type'];

/** The plain values of an event; what is a list or an object is for the journal. */
const factsOf = (entry: Entry): Attributes =>
  Object.fromEntries(
    Object.entries(entry).flatMap(([name, value]) =>
      !ENVELOPE.includes(name) && ['string', 'number', 'boolean'].includes(typeof value)
        ? [[`dr_drill.${name}`, value]]
        : [],
    ),
  );
