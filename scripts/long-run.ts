import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sealRun } from '../src/cli/seal.ts';
import { tool } from '../src/cli/version.ts';
import { writeReports } from '../src/cli/write-reports.ts';
import { VirtualClock } from '../src/clock/virtual-clock.ts';
import { loadDrill } from '../src/drill/load.ts';
import { localKey } from '../src/evidence/signing-key.ts';
import type { RunEvent } from '../src/journal/events.ts';
import { fileJournal } from '../src/journal/journal.ts';

const STEPS = 200;
const EVENTS = 50_000;
const STEP_MS = 60_000;
const START_MS = Date.parse('2026-01-05T01:00:00Z');

/** Writes and seals a run as long as a drill of two hundred steps leaves it, with every kind of line that is written often. */
async function main(folder: string) {
  const { drill, topology } = loadDrill('drills/multi-region-failover.yaml');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'journal.jsonl');
  const clock = new VirtualClock(START_MS);
  const journal = fileJournal(path, clock, { sync: false });
  let count = 0;
  const say = (event: RunEvent) => {
    journal.append(event);
    count += 1;
  };
  const perStep = Math.floor((EVENTS - 2) / STEPS);
  await clock.run(
    (async () => {
      const header = { type: 'run-started', format: 1, tool, mode: 'dry-run', seed: 1 } as const;
      say({ ...header, overrides: [], drill, drillHash: 'd'.repeat(64), topology });
      for (let index = 0; index < STEPS; index += 1) {
        const until = count + perStep;
        for (const event of begun(index)) say(event);
        for (let look = 0; count < until - 2; look += 1) {
          await clock.sleep(STEP_MS / perStep);
          say(often(index, look, clock.nowMs()));
        }
        say({ type: 'step-ended', step: `step-${index}`, outcome: 'ok' });
        say({ type: 'phase-left', phase: `phase-${index}` });
      }
      say({ type: 'run-ended', outcome: 'passed', reason: 'every step was taken' });
    })(),
  );
  journal.close();
  const { files } = await writeReports(path);
  await sealRun(path, files, localKey(join(folder, '..', 'keys')));
  console.log(JSON.stringify({ events: count, bytes: readFileSync(path).length }));
}

function begun(index: number): RunEvent[] {
  const step = `step-${index}`;
  const phase = `phase-${index}`;
  const about = {
    step,
    kind: 'bench.step',
    title: `Step ${index} of many`,
    phase,
    plane: 'control',
    params: {},
  } as const;
  const deadlineAt = new Date(START_MS + (index + 2) * STEP_MS).toISOString();
  return [
    { type: 'phase-entered', phase },
    ...(index === 20 ? [{ type: 'impaired', what: 'the region', region: 'ap-east-2' } as const] : []),
    { type: 'step-started', ...about, region: 'ap-northeast-1', command: `aws do ${step}`, deadlineAt },
    { type: 'step-observed', step, done: false, state: null },
    { type: 'step-applying', step },
    { type: 'step-applied', step },
  ];
}

/** Mostly calls and what customers saw, as in a real run. */
function often(index: number, look: number, nowMs: number): RunEvent {
  const step = `step-${index}`;
  if (look % 4 === 0) {
    const results = [{ at: nowMs, ok: index < 20 || index > 40, latencyMs: 80, servedBy: 'ap-northeast-1' }];
    return { type: 'probed', of: 'public', everyMs: 1_000, results };
  }
  if (look % 4 === 1) {
    const row: [number, number] = [index * 1_000 + look, nowMs];
    return { type: 'heartbeats', of: 'orders', instance: 'ecommerce-db-primary', rows: [row] };
  }
  return {
    type: 'call',
    step,
    service: 'rds',
    operation: 'DescribeDBInstances',
    region: 'ap-northeast-1',
    mutating: false,
    attempt: 1,
    tookMs: 120,
    outcome: 'ok',
    requestId: `request-${index}-${look}`,
  };
}

await main(process.argv[2] ?? '');
