import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newFolder, runDrill } from '../cli/command.ts';
import { metricsIn, plain, rootOf, spansIn } from '../telemetry/receiver.ts';

/** Where `scripts/otel-collector.sh` keeps it. */
function program(): string {
  const source = 'test/collector/go';
  const hash = createHash('sha256');
  for (const name of readdirSync(source).sort()) hash.update(readFileSync(join(source, name)));
  return resolve('node_modules/.cache/collector', hash.digest('hex').slice(0, 12), 'collector');
}

const folder = newFolder();
const written = join(folder, 'telemetry.jsonl');
let collector: ChildProcess;
let ports: { grpc: number; http: number };

beforeAll(async () => {
  ports = { grpc: await freePort(), http: await freePort() };
  const pipeline = '{ receivers: [otlp], exporters: [file] }';
  writeFileSync(
    join(folder, 'config.yaml'),
    `receivers:
  otlp: { protocols: { grpc: { endpoint: 127.0.0.1:${ports.grpc} }, http: { endpoint: 127.0.0.1:${ports.http} } } }
exporters: { file: { path: ${written}, flush_interval: 100ms } }
service:
  telemetry: { metrics: { level: none } }
  pipelines: { traces: ${pipeline}, metrics: ${pipeline} }
`,
  );
  collector = spawn(program(), ['--config', `file:${join(folder, 'config.yaml')}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((ready, failed) => {
    let said = '';
    collector.stderr?.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (said.includes('Everything is ready')) ready();
    });
    collector.on('exit', () => failed(new Error(said)));
  });
});

afterAll(() => collector?.kill());

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address ? address.port : 0;
}

const linesOf = (): string[] =>
  existsSync(written) ? readFileSync(written, 'utf8').trimEnd().split('\n').filter(Boolean) : [];

describe.each(['http/protobuf', 'http/json', 'grpc'] as const)('over %s', (protocol) => {
  test('a real collector takes the trace and the metrics of a run, whole', async () => {
    const port = protocol === 'grpc' ? ports.grpc : ports.http;
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_EXPORTER_OTLP_PROTOCOL: protocol };
    const { exitCode, err, folder: run } = await runDrill(['drills/multi-region-failover.yaml', '--quiet'], { env });
    expect([exitCode, err]).toEqual([0, '']);
    const name = run.split('/').at(-1);
    const ofRun = () =>
      linesOf()
        .flatMap(spansIn)
        .filter((span, _, all) => span.traceId === rootNamed(all, name)?.traceId);
    await expect.poll(() => ofRun().length, { timeout: 30_000 }).toBeGreaterThan(0);
    const spans = ofRun();
    const journal = readFileSync(join(run, 'journal.jsonl'), 'utf8');
    const begun = journal.match(/"type":"(run-started|phase-entered|step-started|undo-started|call)"/g) ?? [];
    expect(spans).toHaveLength(begun.length);
    expect([rootOf(spans).name, rootOf(spans).status.code]).toEqual(['drill multi-region-failover', 1]);
    await expect
      .poll(
        () =>
          linesOf()
            .flatMap(metricsIn)
            .map((one) => one.name),
        { timeout: 30_000 },
      )
      .toEqual(expect.arrayContaining(['dr_drill_rto_seconds', 'dr_drill_step_seconds', 'dr_drill_outcome']));
  });
});

const rootNamed = (spans: ReturnType<typeof spansIn>, run: string | undefined) =>
  spans.find(({ parentSpanId, attributes }) => !parentSpanId && plain(attributes)['dr_drill.run'] === run);
