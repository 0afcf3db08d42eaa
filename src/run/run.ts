import { hash } from 'node:crypto';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import type { Clocks } from '../journal/events.ts';
import type { RunResult } from './play.ts';
import { type Beginning, begin } from './surprise.ts';

export type { RunResult } from './play.ts';

export interface RunOptions extends Beginning {
  drill: Drill;
  topology: Topology;
  /** Settings given over the file's, for the record. */
  overrides: string[];
  seed: number;
  mode: 'dry-run' | 'live';
  /** Where a live run's calls go, if not to AWS itself. */
  elsewhere?: string | undefined;
  /** What the machine's clocks say. */
  clocks?: Clocks | undefined;
  /** Name and version of the tool. */
  tool: string;
}

/** Runs a drill from its first phase to one of its ends. The journal must be empty, and is closed afterwards. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { drill, topology, journal, tool, mode, elsewhere, seed, overrides } = options;
  try {
    const drillHash = hash('sha256', JSON.stringify([drill, topology]));
    const entry = journal.append({
      type: 'run-started',
      format: 1,
      tool,
      mode,
      ...(elsewhere !== undefined && { elsewhere }),
      seed,
      drill,
      drillHash,
      topology,
      overrides,
      ...(options.clocks && { clocks: options.clocks }),
    });
    options.onEntry?.(entry);
    return await begin(drill, topology, options);
  } finally {
    journal.close();
  }
}
