import { vi } from 'vitest';
import { isChange } from '../../src/aws/changes.ts';
import { gateway } from '../../src/aws/gateway.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import { loadDrill } from '../../src/drill/load.ts';
import type { Json, RunEvent } from '../../src/journal/events.ts';
import { type LiveTransport, liveTransport } from '../../src/live/transport.ts';
import { steps } from '../../src/platform/steps.ts';
import { runbookFor } from '../../src/runbook/runbook.ts';
import type { AnyStep, Observation, StepContext } from '../../src/steps/step.ts';
import { Boto3 } from './boto3.ts';
import { startMoto } from './moto.ts';
import { ACCOUNT, GLOBAL, type MotoAccount, PRIMARY, prepareAccount, RECOVERY } from './moto-account.ts';
import { portsBehind } from './moto-ports.ts';
import { awsEnvironment } from './outside.ts';

export interface MotoBench {
  boto3: Boto3;
  account: MotoAccount;
  transport: LiveTransport;
  /** What steps journalled. */
  events: RunEvent[];
  context(signal?: AbortSignal): StepContext;
  /** A step of a shipped drill, on a topology that names what moto's account holds. */
  step(drill: string, name: string, more?: StepOptions): OneStep;
  close(): Promise<void>;
}

interface StepOptions {
  overrides?: string[];
  /** The account that the topology names: moto's by default. */
  account?: string;
  results?: Record<string, Json>;
  signal?: AbortSignal;
}

export interface OneStep {
  step: AnyStep;
  observe(): Promise<Observation>;
  apply(before: Observation): Promise<Json | undefined>;
  settle(before: Observation, receipt?: Json): Promise<Json>;
  undo(before: Observation): Promise<void>;
  /** Looks, asks and waits, as a run does. */
  carryOut(): Promise<{ before: Observation; result: Json }>;
}

/** The writer's, in the shipped topology. */
const QUARANTINE = 'sg-0a1b2c3d4e5f6000f';
/** By which the bench marks what its steps make. */
const RUN = '2026-01-05T01-00-00-000Z';
/** A step against an endpoint that lacks something fails at once, and so does a test that waits. */
const PATIENCE_MS = 20_000;

/** moto with a prepared account, our way to it, and boto3 beside it to see what became of things. */
export async function motoBench(): Promise<MotoBench> {
  const moto = await startMoto();
  for (const [name, value] of Object.entries(awsEnvironment(moto.url))) vi.stubEnv(name, value);
  const boto3 = new Boto3(moto.url);
  const account = await prepareAccount(boto3);
  const clock = realClock();
  const transport = await liveTransport(clock, { region: RECOVERY });
  const events: RunEvent[] = [];
  const record = (event: RunEvent) => events.push(event);
  const regions = [PRIMARY, RECOVERY, GLOBAL];
  const jitter = () => 0.5;
  const change = (service: string, operation: string) => isChange(`${service}:${operation}`);
  const aws = gateway({ transport, clock, regions, record, isChange: change, jitter });

  const context = (signal = AbortSignal.timeout(PATIENCE_MS)): StepContext => ({
    ...portsBehind(boto3, account.zone, QUARANTINE),
    step: 'test',
    run: RUN,
    aws: aws({ step: 'test', signal }),
    clock,
    signal,
    record,
    entries: () => [],
    notDone() {},
    probed: () => [],
  });

  return {
    boto3,
    account,
    transport,
    events,
    context,
    step(path, name, { overrides = [], account: named = ACCOUNT, results = {}, signal } = {}) {
      const traffic = {
        zone: account.zone,
        'primary.healthCheck': account.gate,
      };
      const given = Object.entries(traffic).map(([key, value]) => `topology.traffic.public.${key}=${value}`);
      const { drill, topology } = loadDrill(path, { overrides: [...given, ...overrides] });
      // Which account it is no option may say.
      topology.account = named;
      return oneStep(runbookFor(drill, topology).steps[name], results, context(signal));
    },
    async close() {
      await boto3.close();
      await moto.close();
      vi.unstubAllEnvs();
    },
  };
}

function oneStep(
  entry: ReturnType<typeof runbookFor>['steps'][string] | undefined,
  results: Record<string, Json>,
  context: StepContext,
): OneStep {
  const step = entry && steps.get(entry.kind);
  if (!entry || !step) throw new Error('The runbook has no such step.');
  const params = step.params.parse(entry.params({ startedAtMs: context.clock.nowMs(), results }));
  const one: Omit<OneStep, 'carryOut'> = {
    step,
    observe: () => step.observe(params, context),
    apply: async (before) => step.apply?.(params, context, before),
    settle: async (before, receipt) => (await step.settle?.(params, context, before, receipt)) ?? null,
    undo: async (before) => step.undo?.(params, context, before),
  };
  return {
    ...one,
    async carryOut() {
      const before = await one.observe();
      const receipt = before.done || before.underway ? undefined : await one.apply(before);
      return { before, result: await one.settle(before, receipt) };
    },
  };
}
