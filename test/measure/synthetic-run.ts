import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Drill, drillSchema } from '../../src/drill/drill.ts';
import { type Topology, topologySchema } from '../../src/drill/topology.ts';
import type { Entry, EventOf, Outcome, ProbeResult, RunEvent } from '../../src/journal/events.ts';
import { stretchesOf } from '../../src/journal/probes.ts';

/** When every synthetic run begins. */
export const startMs = Date.parse('2025-03-01T12:00:00.000Z');

const read = (path: string): unknown => parse(readFileSync(new URL(`../../drills/${path}`, import.meta.url), 'utf8'));
const platform = topologySchema.parse(read('topologies/ecommerce-platform.yaml'));
const { orders } = platform.data;

/** The sample platform with one data store, one public name and no promise, unless others are given. */
export const topologyWith = (groups: Partial<Pick<Topology, 'data' | 'traffic' | 'objective'>> = {}): Topology => ({
  ...platform,
  objective: undefined,
  data: orders ? { orders } : {},
  ...groups,
});

export const samplePlatform: Topology = platform;

/** A drill of the repository, with some of its settings as written in a drill file changed. */
export const drillFrom = (file: string, changes: object = {}): Drill =>
  drillSchema.parse({ ...(read(file) as object), ...changes }) as Drill;

export interface Run {
  /** Notes an event so many milliseconds after the start, in any order. */
  at(ms: number, event: RunEvent): void;
  phase(name: string, fromMs: number, toMs: number): void;
  step(name: string, phase: string, fromMs: number, toMs: number, facts?: StepFacts): void;
  entries(): Entry[];
}

export interface StepFacts {
  outcome?: EventOf<'step-ended'>['outcome'];
  deadlineMs?: number;
  pointOfNoReturn?: string;
  title?: string;
  calls?: Partial<EventOf<'call'>>[];
}

/** A journal to be filled by hand, in order of time. */
export function newRun(drill: Drill, mode: 'dry-run' | 'live' = 'dry-run', topology = topologyWith()): Run {
  const events: { ms: number; event: RunEvent }[] = [];
  const run: Run = {
    at: (ms, event) => void events.push({ ms, event }),
    phase(phase, fromMs, toMs) {
      run.at(fromMs, { type: 'phase-entered', phase });
      run.at(toMs, { type: 'phase-left', phase });
    },
    step(step, phase, fromMs, toMs, facts = {}) {
      const { outcome = 'ok', deadlineMs = 600_000, pointOfNoReturn, title = `Do ${step}`, calls = [] } = facts;
      const command = `aws do ${step} --region ap-northeast-1`;
      const deadlineAt = isoAt(fromMs + deadlineMs);
      const about = { step, kind: `test.${step}`, title, phase, plane: 'control', region: 'ap-northeast-1' } as const;
      run.at(fromMs, { type: 'step-started', ...about, params: {}, command, deadlineAt });
      run.at(fromMs, { type: 'step-observed', step, done: false, state: null });
      if (calls.some(({ mutating }) => mutating))
        run.at(fromMs, { type: 'step-applying', step, ...(pointOfNoReturn ? { pointOfNoReturn } : {}) });
      calls.forEach((call, index) => {
        run.at(fromMs + ((index + 1) * (toMs - fromMs)) / (calls.length + 1), {
          ...aCall(step, index),
          ...call,
        } as RunEvent);
      });
      const error =
        outcome === 'ok' ? {} : { error: { name: 'DrillError', message: `${step} did not work`, hint: 'Look at it.' } };
      run.at(toMs, { type: 'step-ended', step, outcome, ...error });
    },
    entries: () =>
      [
        { ms: 0, event: header(drill, mode, topology) },
        ...events.map(({ ms, event }) => ({ ms: Math.round(ms), event })).sort((a, b) => a.ms - b.ms),
      ].map(({ ms, event }, index): Entry => ({ seq: index + 1, at: isoAt(ms), ms, prev: '0'.repeat(64), ...event })),
  };
  return run;
}

export const isoAt = (ms: number): string => new Date(startMs + ms).toISOString();

const header = (drill: Drill, mode: 'dry-run' | 'live', topology: Topology): RunEvent => ({
  type: 'run-started',
  format: 1,
  tool: 'dr-drill 0.1.0',
  mode,
  seed: 7,
  drill,
  drillHash: 'd'.repeat(64),
  topology,
  overrides: [],
});

export const aCall = (step: string, index: number): RunEvent => ({
  type: 'call',
  step,
  service: 'rds',
  operation: 'DescribeDBInstances',
  region: 'ap-northeast-1',
  mutating: false,
  attempt: 1,
  tookMs: 120,
  outcome: 'ok',
  requestId: `req-${step}-${index}`,
});

/** The truth about a failover, from which its events are made. Milliseconds; instants after the start. */
export interface FailoverTruth {
  impairedAt: number;
  detectTakes: number;
  decideTakes: number;
  executeTakes: number;
  /** From the beginning of the shift to the first customer who is served. */
  propagateTakes: number;
  verifyTakes: number;
  /** How far the replica lay behind at the impairment. */
  lag: number;
  probeEvery: number;
  probePhase: number;
  heartbeatEvery: number;
  /** How many customers are watched, whose caches run out within so many milliseconds of each other; one, of whom an old journal tells by default. */
  customers?: number;
  ttl?: number;
}

export const typicalTruth: FailoverTruth = {
  impairedAt: 36_000,
  detectTakes: 31_000,
  decideTakes: 1_400,
  executeTakes: 142_000,
  propagateTakes: 38_500,
  verifyTakes: 96_000,
  lag: 820,
  probeEvery: 1_000,
  probePhase: 300,
  heartbeatEvery: 200,
};

/** When customers are truly served again. */
export const truthRecovered = (truth: FailoverTruth): number =>
  truth.impairedAt + truth.detectTakes + truth.decideTakes + truth.executeTakes + truth.propagateTakes;

/** A failover that goes to its end; `end` may leave its end to the caller. */
export function failoverRun(
  truth: FailoverTruth,
  drill: Drill,
  options: { mode?: 'dry-run' | 'live'; outcome?: Outcome; withoutHeartbeats?: boolean; topology?: Topology } = {},
): Run {
  const run = newRun(drill, options.mode, options.topology);
  const { impairedAt, detectTakes, decideTakes, executeTakes, propagateTakes, verifyTakes } = truth;
  const detected = impairedAt + detectTakes;
  const decided = detected + decideTakes;
  const shift = decided + executeTakes;
  const recovered = truthRecovered(truth);
  const verify = shift + propagateTakes * 0.8;
  const verified = recovered + verifyTakes;
  const write = { service: 'rds', operation: 'PromoteReadReplica', mutating: true };

  run.phase('preflight', 0, 2_000);
  run.step('preflight', 'preflight', 0, 2_000, { calls: [{}, {}, {}] });
  run.phase('baseline', 2_000, impairedAt - 100);
  run.step('baseline', 'baseline', 2_000, impairedAt - 100);
  run.at(impairedAt - 1_000, { type: 'lag', instance: 'ecommerce-db-dr-replica', lagMs: truth.lag, source: 'metric' });
  run.phase('failure', impairedAt - 100, impairedAt);
  run.step('bring-about-failure', 'failure', impairedAt - 100, impairedAt);
  run.at(impairedAt, { type: 'impaired', what: 'ap-east-2 is lost, with everything in it', region: 'ap-east-2' });
  run.phase('detect', impairedAt, detected);
  run.step('detect-failure', 'detect', impairedAt, detected);
  run.at(detected, {
    type: 'check',
    check: 'database-writer',
    layer: 'infrastructure',
    critical: true,
    ok: false,
    detail: 'TimeoutError',
  });
  run.phase('validate', detected, detected + decideTakes);
  run.step('validate-recovery', 'validate', detected, detected + decideTakes, {
    calls: [{}, { service: 'eks', operation: 'DescribeNodegroup' }],
  });
  run.phase('decide', decided, decided);
  run.at(decided, { type: 'decision', decision: 'fail-over', by: 'rule', rule: 'writerUnreachable' });
  run.phase('execute', decided, shift);
  const fenced = decided + executeTakes * 0.1;
  const opened = decided + executeTakes * 0.85;
  run.step('fence-writer', 'execute', decided, fenced, {
    calls: [{ operation: 'ModifyDBInstance', mutating: true, region: 'ap-east-2' }, {}],
  });
  run.step('promote-replica', 'execute', fenced, opened, {
    calls: [write, {}, {}, {}],
    pointOfNoReturn: 'a promoted replica cannot be made a replica again',
  });
  run.step('scale-nodes', 'execute', decided, decided + executeTakes * 0.55, {
    calls: [{ service: 'eks', operation: 'UpdateNodegroupConfig', mutating: true }, { service: 'eks' }],
  });
  run.step('scale-deployments', 'execute', decided + executeTakes * 0.55, decided + executeTakes * 0.7);
  run.step('point-applications', 'execute', opened, shift);
  run.phase('shift', shift, verify);
  run.step('shift-traffic', 'shift', shift, verify, {
    calls: [{ service: 'route-53', operation: 'UpdateHealthCheck', mutating: true, region: 'global' }, {}],
  });
  run.phase('verify', verify, verified);
  run.step('verify-service', 'verify', verify, verified - 1_200);
  for (const check of ['lasting-success', 'error-rate', 'latency', 'single-writer']) {
    run.at(verified - 1_200, {
      type: 'check',
      check,
      layer: 'verification',
      critical: true,
      ok: true,
      detail: 'as it should be',
    });
  }
  run.step('count-heartbeats', 'verify', verified - 1_200, verified - 900);
  run.step('check-data', 'verify', verified - 900, verified - 1);
  for (const check of ['rows-of-orders', 'orphan-items', 'negative-stock']) {
    run.at(verified - 1, {
      type: 'data-check',
      check,
      title: `No trouble with ${check}`,
      instance: 'ecommerce-db-dr-replica',
      ok: true,
      detail: 'none found',
      rows: [],
    });
  }
  for (const event of probes(truth, impairedAt, recovered, verified)) run.at(event.ms, event.event);
  if (!options.withoutHeartbeats)
    for (const event of heartbeats(truth, verified - 1_000)) run.at(event.ms, event.event);
  run.phase('judge', verified, verified);
  const outcome = options.outcome ?? 'passed';
  run.at(verified + 1, {
    type: 'run-ended',
    outcome,
    reason: outcome === 'passed' ? 'every target was met' : 'a target was missed',
  });
  return run;
}

type Timed = { ms: number; event: RunEvent };

function probes(truth: FailoverTruth, from: number, to: number, until: number): Timed[] {
  const { probeEvery, probePhase, customers, ttl = 30_000 } = truth;
  if (customers !== undefined) return spreadProbes({ probeEvery, probePhase, customers, ttl }, from, to, until);
  const results: ProbeResult[] = [];
  for (let at = 2_000 + probePhase; at < until; at += probeEvery) {
    const ok = at < from || at >= to;
    results.push(
      ok ? { at: startMs + at, ok, latencyMs: 40 } : { at: startMs + at, ok, latencyMs: 0, reason: 'TimeoutError' },
    );
  }
  return inBatches(results).map((batch) => ({
    ms: (batch.at(-1)?.at ?? startMs) - startMs,
    event: { type: 'probed', of: 'public', everyMs: probeEvery, results: batch },
  }));
}

interface Spread {
  probeEvery: number;
  probePhase: number;
  customers: number;
  ttl: number;
}

/** The last customer is served again at `to`; the cache of each one before it ran out that much earlier. */
function spreadProbes(
  { probeEvery, probePhase, customers, ttl }: Spread,
  from: number,
  to: number,
  until: number,
): Timed[] {
  return Array.from({ length: customers }, (_, customer) => {
    const movesMs = to - ((customers - 1 - customer) * ttl) / customers;
    const results: ProbeResult[] = [];
    let told: string | undefined;
    for (let at = 2_000 + probePhase + (customer * probeEvery) / customers; at < until; at += probeEvery) {
      const address = at >= movesMs ? '198.51.100.10' : '203.0.113.10';
      const ok = at < from || at >= movesMs;
      const turn = movesMs + Math.floor((at - movesMs) / ttl) * ttl;
      const answer = { address, askedMs: startMs + turn, ttlMs: ttl };
      results.push({
        at: startMs + at,
        ok,
        latencyMs: ok ? 40 : 2_000,
        ...(ok ? {} : { reason: 'Timeout' }),
        ...(told !== `${address}/${ok}` && { answer }),
      });
      told = `${address}/${ok}`;
    }
    const stretches = stretchesOf(customer, results, probeEvery);
    const event: RunEvent = { type: 'customers-probed', of: 'public', everyMs: probeEvery, customers, stretches };
    return { ms: until - 1, event };
  });
}

/** Rows are acknowledged up to the impairment; those younger than the lag never reach the replica. */
function heartbeats({ heartbeatEvery, impairedAt, lag }: FailoverTruth, countedAt: number): Timed[] {
  const rows: [number, number][] = [];
  for (let at = 2_000; at <= impairedAt; at += heartbeatEvery) rows.push([1_000 + rows.length, startMs + at]);
  const present = rows.filter(([, ackMs]) => ackMs <= startMs + impairedAt - lag).map(([sequence]) => sequence);
  return [
    ...inBatches(rows).map(
      (batch): Timed => ({
        ms: (batch.at(-1)?.[1] ?? startMs) - startMs,
        event: { type: 'heartbeats', of: 'orders', instance: 'ecommerce-db-primary', rows: batch },
      }),
    ),
    {
      ms: countedAt,
      event: {
        type: 'heartbeats-found',
        of: 'orders',
        instance: 'ecommerce-db-dr-replica',
        count: present.length,
        first: present[0] ?? null,
        last: present.at(-1) ?? null,
        missing: [],
      },
    },
  ];
}

function inBatches<T>(all: T[]): T[][] {
  const batches: T[][] = [];
  for (let from = 0; from < all.length; from += 10) batches.push(all.slice(from, from + 10));
  return batches;
}
