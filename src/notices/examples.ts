import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import type { Entry, RunEvent } from '../journal/events.ts';
import type { Notice } from './notice.ts';
import { type Kept, noticeOf } from './of-run.ts';

const BEGAN_MS = Date.parse('2026-01-05T01:00:00Z');
const STEP = 'take-over';

/** One message of each kind that a run of this drill tells, about events that are made up. */
export function exampleNotices(drill: Drill, topology: Topology, kept: Kept): Notice[] {
  const began = entryAt(1, 0, {
    type: 'run-started',
    format: 1,
    tool: 'dr-drill',
    mode: 'live',
    seed: 0,
    drill,
    drillHash: '',
    topology,
    overrides: [],
  });
  // An unannounced drill tells nothing before it has begun.
  const revealed: RunEvent = { type: 'draw-revealed', drawn: 0, drill: '', moment: '', nonce: '', begins: true };
  const before = [began, entryAt(2, 0, revealed)];
  return happenings.flatMap((event, index) => {
    const own = event.type === 'run-started' ? began : entryAt(index + 3, (index + 1) * 30_000, event);
    const notice = noticeOf(own, [...before, ...story, own], kept);
    return notice ? [notice] : [];
  });
}

const entryAt = <E extends RunEvent>(seq: number, ms: number, event: E): Entry =>
  ({ seq, at: new Date(BEGAN_MS + ms).toISOString(), ms, prev: '', ...event }) as Entry;

/** What stands behind the examples. */
const story: Entry[] = [
  entryAt(2, 10_000, { type: 'impaired', what: 'The primary region is lost', region: 'primary' }),
  entryAt(2, 20_000, {
    type: 'step-started',
    step: STEP,
    kind: 'example',
    title: 'Promote the replica',
    phase: 'execute',
    plane: 'control',
    params: {},
    command: '',
    deadlineAt: new Date(BEGAN_MS).toISOString(),
  }),
];

const QUESTION = 'Fail over to the recovery region?';

const happenings: RunEvent[] = [
  { type: 'run-started' } as RunEvent,
  {
    type: 'approval-asked',
    step: STEP,
    role: 'incident commander',
    question: QUESTION,
    until: new Date(BEGAN_MS + 360_000).toISOString(),
  },
  {
    type: 'answered',
    step: STEP,
    by: 'Mei-Ling Chen',
    answeredAt: new Date(BEGAN_MS).toISOString(),
    approves: true,
  },
  {
    type: 'step-ended',
    step: STEP,
    outcome: 'failed',
    error: { name: 'InvalidDBInstanceState', message: 'The replica is not available.' },
  },
  { type: 'held', step: STEP, reason: 'the promotion was accepted, and cannot be undone' },
  { type: 'run-ended', outcome: 'failed', reason: 'take-over: The replica is not available.' },
];

/** The drill of the examples where only a topology is known. */
export const exampleDrill = (topology: string): Drill =>
  ({
    drill: 'example',
    title: 'Example drill',
    machine: 'multi-region-failover',
    topology,
    targets: { rto: 300_000, rpo: 60_000 },
    objective: { rto: null, rpo: null },
    onFailure: 'roll-back',
  }) as Partial<Drill> as Drill;
