import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import type { Entry } from '../../src/journal/events.ts';
import { liveHttp } from '../../src/live/http.ts';
import { askedBy } from '../../src/telemetry/asked.ts';
import { spanIdOf, traceIdOf, traceparentsOf } from '../../src/telemetry/ids.ts';
import { type Span, Spans } from '../../src/telemetry/spans.ts';
import { drDrill, newFolder, runDrill, runHere } from '../cli/command.ts';
import { askingDrill, liveAccount } from '../cli/live-account.ts';
import { shippedTopology } from '../drill/files.ts';
import { plain, receiver, rootOf } from './receiver.ts';

const FAILOVER = 'drills/multi-region-failover.yaml';

const entriesIn = (folder: string): Entry[] =>
  readFileSync(join(folder, 'journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);

describe('a run that is traced', () => {
  test('is one trace: a span for the run, each phase, step and call, all marked, with every parent there', async () => {
    const collector = await receiver();
    const { exitCode, err, folder } = await runDrill([FAILOVER, '--quiet'], { env: collector.env });
    expect([exitCode, err]).toEqual([0, '']);
    const spans = collector.spans();
    const entries = entriesIn(folder);
    const count = (type: Entry['type']) => entries.filter((one) => one.type === type).length;
    expect(spans).toHaveLength(
      1 + count('phase-entered') + count('step-started') + count('undo-started') + count('call'),
    );
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(ids.size).toBe(spans.length);
    expect(spans.filter(({ parentSpanId }) => parentSpanId && !ids.has(parentSpanId))).toEqual([]);
    expect(new Set(spans.map(({ attributes }) => plain(attributes)['dr_drill.mark']))).toEqual(new Set(['SIMULATED']));
    const root = rootOf(spans);
    expect([root.name, root.status.code]).toEqual(['drill multi-region-failover', 1]);
    const promoted = spans.find(({ name }) => name === 'take-over/orders');
    const phase = spans.find(({ spanId }) => spanId === promoted?.parentSpanId);
    const asked = spans.find(({ name }) => name === 'rds.PromoteReadReplica');
    expect([phase?.name, asked?.parentSpanId]).toEqual(['phase execute', promoted?.spanId]);
    for (const of of spans) expect(BigInt(of.endTimeUnixNano) >= BigInt(of.startTimeUnixNano)).toBe(true);
  });

  test('tells metrics at its end: recovery time, data loss, targets, steps and outcome', async () => {
    const collector = await receiver();
    const { folder } = await runDrill([FAILOVER, '--quiet'], { env: collector.env });
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
    const metrics = Object.fromEntries(collector.metrics().map((one) => [one.name, one]));
    const points = (name: string) =>
      metrics[name]?.gauge.dataPoints.map(({ asDouble, asInt, attributes }) => ({
        value: asDouble ?? asInt,
        ...plain(attributes),
      }));
    const of = { drill: 'multi-region-failover', mark: 'SIMULATED', as_filed: 'true' };
    expect(points('dr_drill_rto_seconds')).toEqual([{ value: report.recovery.total.ms / 1_000, ...of }]);
    expect(points('dr_drill_rpo_seconds')).toEqual([{ value: report.dataLoss.loss.ms / 1_000, ...of }]);
    expect(points('dr_drill_rto_target_seconds')).toEqual([{ value: 300, ...of }]);
    expect(points('dr_drill_outcome')).toEqual([{ value: 1, ...of, outcome: 'passed' }]);
    expect([points('dr_drill_missed')?.[0]?.value, points('dr_drill_failed')?.[0]?.value]).toEqual([0, 0]);
    expect(metrics.dr_drill_rto_seconds?.unit).toBe('s');
    expect(points('dr_drill_step_seconds')?.map((one) => (one as { step?: unknown }).step)).toContain(
      'take-over/orders',
    );
  });

  test('shows a failed step as an error, and an undo as a span', async () => {
    const collector = await receiver();
    await runDrill([FAILOVER, '--quiet', '--set', 'simulation.promotion.fails=true'], { env: collector.env });
    const spans = collector.spans();
    expect(spans.find(({ name }) => name === 'take-over/orders')?.status.code).toBe(2);
    expect(spans.some(({ name }) => name.startsWith('undo '))).toBe(true);
    const outcome = plain(rootOf(spans).attributes)['dr_drill.outcome'];
    expect([rootOf(spans).status.code, outcome]).toEqual([2, 'failed']);
    const failed = collector.metrics().find(({ name }) => name === 'dr_drill_failed');
    expect(failed?.gauge.dataPoints[0]?.asDouble ?? failed?.gauge.dataPoints[0]?.asInt).toBe(1);
  });

  test('names service and resource as the environment says', async () => {
    const collector = await receiver();
    const env = { ...collector.env, OTEL_SERVICE_NAME: 'drills', OTEL_RESOURCE_ATTRIBUTES: 'team=ops' };
    await runDrill(['drills/secrets-restore.yaml', '--quiet'], { env });
    const [body] = collector.bodies.filter(({ path }) => path === '/v1/traces');
    expect(plain(JSON.parse(body?.text ?? '').resourceSpans[0].resource.attributes)).toMatchObject({
      'service.name': 'drills',
      team: 'ops',
    });
  });
});

describe('a collector in trouble', () => {
  const told = /^Telemetry was not sent: .*\. Nothing waits for it; the journal has everything\.\n$/;

  test.each([
    ['refuses', 400],
    ['fails', 500],
  ])('that %s with %d is told once, and changes no exit code', async (_, status) => {
    const collector = await receiver((_, response) => response.writeHead(status).end());
    const { exitCode, err } = await runDrill(['drills/secrets-restore.yaml', '--quiet'], { env: collector.env });
    expect([exitCode, err]).toEqual([0, expect.stringMatching(told)]);
  });

  test('that never answers holds up the end for 5 s at most', async () => {
    const collector = await receiver(() => {});
    const { exitCode, err } = await runDrill(['drills/secrets-restore.yaml', '--quiet'], { env: collector.env });
    expect([exitCode, err]).toEqual([0, expect.stringContaining('the collector did not answer within 5 s')]);
    expect(collector.bodies.length).toBeGreaterThan(0);
  });

  test('that is not there, and one that no protocol fits, are told', async () => {
    const missing = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    const refused = await runDrill(['drills/secrets-restore.yaml', '--quiet'], { env: missing });
    expect([refused.exitCode, refused.err]).toEqual([0, expect.stringMatching(told)]);
    const strange = await runDrill(['drills/secrets-restore.yaml', '--quiet'], {
      env: { OTEL_TRACES_EXPORTER: 'zipkin' },
    });
    expect([strange.exitCode, strange.err]).toEqual([0, expect.stringContaining('zipkin: expected otlp or none')]);
  });
});

test('no secret reaches a collector, and its own headers stand nowhere', async () => {
  const collector = await receiver();
  const env = {
    ...collector.env,
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer-token-of-the-collector',
  };
  const { folder, err } = await runDrill(
    ['drills/secrets-restore.yaml', '--quiet', '--set', 'title=Restore with password=Tr0ub4dor-planted'],
    { env },
  );
  expect(collector.bodies[0]?.headers.authorization).toBe('Bearer-token-of-the-collector');
  const sent = collector.bodies.map(({ text }) => text).join('');
  const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(sent).toContain('Restore with');
  for (const text of [sent, err, ...kept]) {
    expect(text).not.toContain('Tr0ub4dor');
    expect(text).not.toContain('Bearer-token-of-the-collector');
  }
});

test('nothing of it is loaded unless it is asked for', async () => {
  const look = join(newFolder(), 'look.cjs');
  writeFileSync(
    look,
    "process.on('exit', () => process.stderr.write(Object.keys(require.cache).filter((one) => /otlp-/.test(one)).length + ' loaded'));",
  );
  const collector = await receiver();
  const args = ['drills/secrets-restore.yaml', '--quiet'];
  const loaded = async (env: Record<string, string>) => (await runDrill(args, { env, node: ['--require', look] })).err;
  expect(await loaded({})).toBe('0 loaded');
  expect(await loaded({ ...collector.env, OTEL_SDK_DISABLED: 'true' })).toBe('0 loaded');
  expect(await loaded(collector.env)).toBe('2 loaded');
});

test('the standard variables decide which signals are sent, and how', () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
  expect(askedBy({})).toMatchObject({ traces: null, metrics: null });
  expect(askedBy(endpoint)).toMatchObject({ traces: 'http/protobuf', metrics: 'http/protobuf' });
  expect(askedBy({ ...endpoint, OTEL_METRICS_EXPORTER: 'none' })).toMatchObject({ metrics: null });
  expect(askedBy({ OTEL_TRACES_EXPORTER: 'otlp' })).toMatchObject({ traces: 'http/protobuf', metrics: null });
  expect(
    askedBy({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'x', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' }),
  ).toMatchObject({ traces: 'grpc', metrics: null });
  expect(askedBy({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'soap' }).wrong).toHaveLength(1);
  expect(askedBy({ ...endpoint, OTEL_SDK_DISABLED: 'true' })).toMatchObject({ traces: null, metrics: null });
});

test('a journal that two processes wrote gives the spans of one, wherever it was cut', async () => {
  const { folder } = await runHere([FAILOVER, '--quiet']);
  const entries = entriesIn(folder);
  const heard = (all: readonly Entry[], spans = new Spans('run-1')): Span[] => all.flatMap((one) => spans.hear(one));
  const whole = heard(entries);
  for (const cut of [5, 100, Math.trunc(entries.length / 2), entries.length - 1]) {
    const first = heard(entries.slice(0, cut));
    // The second process reads what the first has written, then goes on.
    const second = heard(entries);
    const joined = new Map([...first, ...second].map((span) => [span.spanId, span]));
    expect([...joined.values()].sort(byId)).toEqual([...whole].sort(byId));
  }
});

const byId = (a: Span, b: Span) => (a.spanId < b.spanId ? -1 : 1);

/** A service that notes the trace context that each request brings. */
async function tracedService() {
  const heard: { path: string; traceId: string; parentId: string }[] = [];
  const service = await receiver(({ url = '', headers }, response) => {
    const [, traceId = '', parentId = ''] = String(headers.traceparent ?? '').split('-');
    heard.push({ path: url, traceId, parentId });
    response.writeHead(url === '/refused' ? 400 : 200).end('ok');
  });
  return { url: service.env.OTEL_EXPORTER_OTLP_ENDPOINT, heard };
}

/** A live run of these steps beside a collector: its spans, and what the service heard. */
async function tracedRun(stepsOf: (url: string) => string[], traced = true) {
  const collector = await receiver();
  const { url, heard } = await tracedService();
  const { env } = await liveAccount();
  const drill = join(newFolder(), 'calling.yaml');
  writeFileSync(
    drill,
    [
      'drill: calling',
      'title: A service is called',
      'machine: custom',
      `topology: ${shippedTopology}`,
      'targets: { rto: null, rpo: null }',
      'held: { waitFor: 1 s }',
      'phases:',
      '  - phase: call',
      '    steps:',
      ...stepsOf(url).map((step) => `      - ${step}`),
    ].join('\n'),
  );
  await drDrill(['run', drill, '--live', '--confirm', 'calling', '--runs', newFolder()], {
    env: { ...env, ...(traced && collector.env) },
  });
  return { spans: collector.spans(), heard };
}

test('a service that a step or its undo calls finds its own spans below the span of that step or undo', async () => {
  const { spans, heard } = await tracedRun((url) => [
    `{ step: ask, uses: http.call, with: { url: "${url}/asked" } }`,
    `{ step: tell, uses: http.call, with: { method: POST, url: "${url}/told", undo: { method: DELETE, url: "${url}/undone" } } }`,
    `{ step: refuse, uses: http.call, with: { method: POST, url: "${url}/refused", undo: nothing } }`,
  ]);
  const above = ({ traceId, parentId }: (typeof heard)[number]) =>
    spans.find((span) => span.traceId === traceId && span.spanId === parentId)?.name;
  expect(Object.fromEntries(heard.map((one) => [one.path, above(one)]))).toEqual({
    '/asked': 'ask',
    '/told': 'tell',
    '/refused': 'refuse',
    '/undone': 'undo tell',
  });
});

test('without a collector no request carries a trace', async () => {
  const { heard } = await tracedRun((url) => [`{ step: ask, uses: http.call, with: { url: "${url}/asked" } }`], false);
  expect(heard).toEqual([{ path: '/asked', traceId: '', parentId: '' }]);
});

test('what belongs to no step, such as watched customers, carries the span of the run', async () => {
  const { url, heard } = await tracedService();
  const traceparent = traceparentsOf({ OTEL_TRACES_EXPORTER: 'otlp' }, { account: '111122223333', run: 'run-1' });
  const request = { method: 'GET', url, address: '127.0.0.1', timeoutMs: 5_000 } as const;
  const http = liveHttp(realClock(), traceparent);
  await http.request(request);
  await http.partOf?.(() => undefined).request(request);
  const traceId = traceIdOf({ account: '111122223333', run: 'run-1' });
  expect(heard).toEqual(Array(2).fill({ path: '/', traceId, parentId: spanIdOf(traceId, 'run') }));
});

test('due tells which drills are overdue', async () => {
  const collector = await receiver();
  const words = ['due', 'drills/schedules/ecommerce-platform.yaml', '--runs', newFolder(), '--at', '2026-01-08'];
  await drDrill(words, { env: collector.env });
  const [metric] = collector.metrics().filter(({ name }) => name === 'dr_drill_overdue');
  const values = metric?.gauge.dataPoints.map(({ asDouble, asInt, attributes }) => {
    const { drill, schedule } = plain(attributes);
    return [drill, schedule, asDouble ?? asInt];
  });
  expect(values).toContainEqual(['snapshot-restore', 'ecommerce-platform', 1]);
  expect(values).toContainEqual(['redis-restore', 'ecommerce-platform', 0]);
});

test('a live run that is killed and resumed is one trace, marked NOT AWS, with the question as an event', async () => {
  const collector = await receiver();
  const account = await liveAccount();
  const env = { ...account.env, ...collector.env, OTEL_BSP_SCHEDULE_DELAY: '100' };
  const runs = newFolder();
  const drill = join(newFolder(), 'asking.yaml');
  writeFileSync(drill, askingDrill({ question: 'Go on?', roles: ['on-call'], each: '2 s', otherwise: 'go-on' }));
  await drDrill(['run', drill, '--live', '--confirm', 'asking', '--runs', runs], {
    env,
    watch: (out, kill) => out.includes('Go on?') && kill('SIGKILL'),
  });
  const [run = ''] = readdirSync(runs).filter((name) => name !== 'index.jsonl');
  expect(collector.spans().some(({ name }) => name === 'drill asking')).toBe(false);
  expect((await drDrill(['resume', join(runs, run)], { env })).out).toContain('the drill continues');
  const spans = collector.spans();
  const root = rootOf(spans);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  const traceparent = traceparentsOf(env, { account: '111122223333', run });
  expect(traceparent?.('run')).toBe(`00-${root.traceId}-${root.spanId}-01`);
  expect(plain(root.attributes)).toMatchObject({ 'dr_drill.mark': 'NOT AWS', 'dr_drill.run': run });
  const agree = spans.find(({ name }) => name === 'agree');
  expect(agree?.events?.map(({ name }) => name)).toEqual(['approval-asked', 'step-resumed']);
  expect(root.events?.map(({ name }) => name)).toEqual(expect.arrayContaining(['run-resumed', 'approval-lapsed']));
  const ids = new Set(spans.map(({ spanId }) => spanId));
  expect(spans.filter(({ parentSpanId }) => parentSpanId && !ids.has(parentSpanId))).toEqual([]);
});
