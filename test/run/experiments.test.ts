import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import type { Transport } from '../../src/aws/aws.ts';
import type { FisExperiment } from '../../src/aws/services/fis-shapes.ts';
import type { Clock } from '../../src/clock/clock.ts';
import { loadDrill } from '../../src/drill/load.ts';
import { recoveryTime } from '../../src/measure/recovery-time.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import type { SimulatedWorld } from '../../src/simulator/simulate.ts';
import { mistakesOf, scratch, shippedTopology } from '../drill/files.ts';
import { type Finished, REPLICA, rehearsed, WRITER } from './drill.ts';
import { rehearsedIn } from './prepared-account.ts';

const folder = scratch();
const DRILL = 'test/drill/fixtures/own-experiment.yaml';
const load = (overrides: string[]) => loadDrill(DRILL, { overrides, vocabulary });
const run = (...overrides: string[]) => rehearsed(load(overrides), overrides);

/** The drill with other parts in their places. */
function written(
  path: (string | number)[],
  part: unknown,
  ...more: [path: (string | number)[], part: unknown][]
): string {
  const document = parseDocument(readFileSync(DRILL, 'utf8'));
  for (const [at, value] of [[path, part] as const, ...more]) document.setIn(at, document.createNode(value));
  document.set('topology', shippedTopology);
  return folder.write('experiment.yaml', document.toString());
}

const experimentsIn = (world: SimulatedWorld) =>
  world.state().experiments.map(({ template, startMs, status }) => ({ template, startMs, ended: status.at(-1) }));
const stepOf = ({ of }: Finished, name: string) => of('step-ended').find(({ step }) => step === name);

describe('a failure that an experiment causes', () => {
  test('recovery time counts from when it really began, not from when it was asked for or seen', async () => {
    const { outcome, reason, entries, of, world } = await run('simulation.experiments.0.startsAfter=20 s');
    expect([outcome, reason]).toEqual(['passed', 'every target was met']);
    const [experiment] = experimentsIn(world);
    const began = new Date(experiment?.startMs ?? 0).toISOString();
    expect(of('impaired')).toMatchObject([{ what: 'the writer is lost', region: 'ap-east-2', since: began }]);
    expect(of('step-applying').find(({ step }) => step === 'lose-writer')?.at).not.toBe(began);
    const { total, fromMs, toMs } = recoveryTime(entries);
    expect(fromMs).toBe(experiment?.startMs);
    expect(total).toMatchObject({ ms: (toMs ?? 0) - (experiment?.startMs ?? 0) });
  });

  test('that is told by AWS’s clock, and lies where it began by the clock of the run', async () => {
    const AHEAD_MS = 4_000;
    const loaded = load(['simulation.experiments.0.startsAfter=20 s']);
    const through = (transport: Transport, clock: Clock): Transport => ({
      async send(service, region, operation, ...rest) {
        const answer = await transport.send(service, region, operation, ...rest);
        if (operation !== 'GetExperiment') return answer;
        const { experiment } = structuredClone(answer) as { experiment: FisExperiment };
        for (const one of [experiment, ...Object.values(experiment.actions ?? {})])
          if (one.startTime) one.startTime = new Date(one.startTime.getTime() + AHEAD_MS);
        return { experiment };
      },
      awsNowMs: () => clock.nowMs() + AHEAD_MS,
    });
    const { of, world } = await rehearsedIn({ through }, loaded);
    const [experiment] = experimentsIn(world);
    const beganMs = Date.parse(of('impaired')[0]?.since ?? '');
    // AWS tells its time to the second.
    expect([beganMs - (experiment?.startMs ?? 0)]).toEqual([-1_000]);
  });

  test('it goes on until a later step stops it, and the old writer comes back to nobody', async () => {
    const finished = await run();
    expect(experimentsIn(finished.world)).toMatchObject([{ ended: [expect.any(Number), 'stopped'] }]);
    expect(stepOf(finished, 'end-experiment')).toMatchObject({
      result: { stopped: [{ lastedMs: expect.any(Number) }] },
    });
    expect(finished.of('check').find(({ check }) => check === 'end-experiment')).toMatchObject({ ok: true });
    expect(finished.anHourLater.writers()).toEqual([REPLICA]);
  });

  test('a region that it takes is away with everything in it, except FIS, which gives it back', async () => {
    const { outcome, reason, of, anHourLater } = await run(
      'simulation.experiments.0.does=region-outage',
      'phases.3.steps.2.with.in=recovery',
      'phases.5.steps.0.deadline=5 min',
    );
    // Nobody moves customers in this drill: they come back to a region whose writer is fenced.
    expect([outcome, reason]).toEqual(['failed', 'verify: not done within 5 min']);
    expect(of('call').some(({ service, outcome: end }) => service === 'rds' && end !== 'ok')).toBe(true);
    expect(of('call').filter(({ service, outcome: end }) => service === 'fis' && end !== 'ok')).toEqual([]);
    expect(anHourLater.writers()).toEqual([REPLICA]);
  });

  test('a zone that gives way, and services that are down, happen as well', async () => {
    const only = (does: string) =>
      run(
        `simulation.experiments.0.does=${does}`,
        'phases.1.steps.0.with.until=completed',
        'simulation.experiments.0.lasts=2 min',
        'phases.2.steps.0.with.within=10 s',
      );
    const zone = await only('zone-failure');
    expect(zone.world.state().instances.find(({ identifier }) => identifier === WRITER)?.events.length).toBeGreaterThan(
      0,
    );
    const services = await only('degradation');
    expect(services.world.state().degraded.map(([, down]) => down.length)).toEqual([0, 2, 0]);
    for (const { reason } of [zone, services]) expect(reason).toMatch(/^detect: No failure was detected/);
  });
});

describe('a run that is broken off', () => {
  test('aborted while the experiment goes on, it is stopped, and the writer takes writes again', async () => {
    const loaded = load([]);
    const aborted = await rehearsed(loaded, [], { abortAt: (entry) => entry.type === 'impaired' });
    expect(aborted.outcome).toBe('aborted');
    expect(experimentsIn(aborted.world)).toMatchObject([{ ended: [expect.any(Number), 'stopped'] }]);
    expect(aborted.standing).toEqual(aborted.before);
    expect(aborted.world.writers()).toEqual([WRITER]);
  });

  test('aborted before it began, it never begins', async () => {
    const loaded = load(['simulation.experiments.0.startsAfter=60 s']);
    const aborted = await rehearsed(loaded, [], {
      abortAt: (entry) => entry.type === 'step-applied' && entry.step === 'lose-writer',
    });
    expect([aborted.outcome, aborted.of('impaired')]).toEqual(['aborted', []]);
    expect(aborted.anHourLater.writers()).toEqual([WRITER]);
  });

  test('the answer to its start is lost: it is the same experiment when asked for again', async () => {
    const lost = await run('simulation.lostAnswers=[{ service: fis, operation: StartExperiment }]');
    expect(lost.outcome).toBe('passed');
    expect(experimentsIn(lost.world)).toHaveLength(1);
  });

  test('no answer to its start ever comes: it is found by its template, and stopped', async () => {
    const lost = await run('simulation.lostAnswers=[{ service: fis, operation: StartExperiment, calls: 1000 }]');
    expect([lost.outcome, lost.reason]).toEqual([
      'rolled-back',
      expect.stringMatching(/^lose-writer: not done within/),
    ]);
    expect(experimentsIn(lost.world)).toMatchObject([{ ended: [expect.any(Number), 'stopped'] }]);
    expect(lost.standing).toEqual(lost.before);
  });

  test('held behind a promotion, a person is told of what still goes on, and how to stop it', async () => {
    const file = written(['phases', 4], {
      phase: 'fix',
      steps: [
        { step: 'broken', uses: 'rds.find-writer', with: { on: 'writer' }, deadline: '1 ms' },
        { step: 'end-experiment', uses: 'fis.stop-experiment', with: { experiment: 'lose-writer' } },
      ],
    });
    const held = await rehearsed(loadDrill(file, { vocabulary }));
    expect(held.outcome).toBe('failed');
    expect(held.of('finding').find(({ what }) => /is still running/.test(what))).toMatchObject({
      fix: expect.stringMatching(/^aws fis stop-experiment --region ap-east-2 --id EXP/),
    });
  });
});

test('an experiment that its stop condition ends too soon leaves nothing proven', async () => {
  const early = await run('simulation.experiments.0.stoppedByAlarm={ name: shop-error-rate, after: 90 s }');
  expect([early.outcome, early.reason]).toEqual([
    'target-missed',
    expect.stringMatching(
      /verification failed: end-experiment \(the experiment ended as stopped: Experiment halted by stop condition; its stop conditions: shop-error-rate\)/,
    ),
  ]);
});

test.each([
  ['phases.4.steps.0.with.experiment=baseline', 'the experiment continues, and nothing stops it'],
  ['phases.1.steps.0.with={ template: EXT1LoseTheWriter1, until: running }', 'nothing brings a failure about'],
  ['phases.1.steps.0.with.template=lose-writer', "template cannot be 'lose-writer'"],
])('%s is told when the file is loaded', (override, message) => {
  expect(mistakesOf(DRILL, { overrides: [override], vocabulary }).map((one) => one.message)).toEqual(
    expect.arrayContaining([expect.stringContaining(message)]),
  );
});

test('an experiment that is stopped only in the clean-up is told when the file is loaded', () => {
  const stop = { step: 'stop-it', uses: 'fis.stop-experiment', with: { experiment: 'lose-writer' } };
  const file = written(['cleanUp'], [stop], [['phases', 4, 'steps', 0], { step: 'end', uses: 'data.count-rows' }]);
  const messages = mistakesOf(file, { vocabulary }).map(({ message }) => message);
  const why = 'the old writer would come back when nothing keeps it fenced';
  expect(messages).toEqual(expect.arrayContaining([expect.stringContaining(why)]));
});
