import { DrillError } from '../errors.ts';
import type { Clocks, EventOf, Joined } from '../journal/events.ts';
import type { RunResult } from './play.ts';
import { type Beginning, begin } from './surprise.ts';

export interface ResumeOptions extends Beginning {
  /** Name and version of the tool. */
  tool: string;
  /** What the machine's clocks say, and how the journal's time was joined to them. */
  clocks?: Clocks | undefined;
  joined?: Joined | undefined;
  /** Bytes of a last line that was cut off, and is not among the journal's entries. */
  tornBytes: number;
  /** A person decides about a run that has ended: it is held open for that decision. */
  reopen?: boolean;
}

/**
 * Takes up a run whose process ended: rebuilds its machine from the journal, asks the world what became of what was under way,
 * and goes on. The drill and the topology are those of the journal's first line. The time in between counts.
 */
export async function resume(options: ResumeOptions): Promise<RunResult> {
  const { journal, tool, tornBytes, clock, clocks, joined } = options;
  try {
    const [header] = journal.entries();
    const last = journal.entries().at(-1);
    if (header?.type !== 'run-started' || !last)
      throw new DrillError('journal-empty', 'There is no run in this journal.');
    if (last.type === 'run-ended' && !options.reopen) {
      throw new DrillError('run-ended', `This run has ended already: ${(last as EventOf<'run-ended'>).outcome}.`, {
        hint: '`dr-drill report <run>` makes its reports again.',
      });
    }
    const deadMs = Math.max(0, clock.nowMs() - Date.parse(last.at));
    const entry = journal.append({
      type: 'run-resumed',
      tool,
      deadMs,
      tornBytes,
      ...(clocks && { clocks }),
      ...(joined && { joined }),
    });
    options.onEntry?.(entry);
    return await begin(header.drill, header.topology, options);
  } finally {
    journal.close();
  }
}
