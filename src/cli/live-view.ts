import pc from 'picocolors';
import { inWords } from '../duration.ts';
import type { Entry } from '../journal/events.ts';
import { clockFace } from './narrate.ts';
import type { Terminal } from './terminal.ts';

/** Shows a run on a terminal: lines that stay and, below them while somebody watches, what is going on now. */
export interface View {
  show(entry: Entry, lines: string[]): void;
  close(): void;
}

/** Lines only: for files, pipes, CI, and runs that are over before anybody could look. */
export const plainView = (terminal: Terminal): View => ({
  show: (_, lines) => {
    for (const line of lines) terminal.out(`${line}\n`);
  },
  close() {},
});

/** Keeps the steps that run, and how customers fare, at the bottom of the screen. */
export async function liveView({ colour }: Terminal): Promise<View> {
  const { createLogUpdate } = await import('log-update');
  const screen = createLogUpdate(process.stdout);
  const now = happenings();
  return {
    show(entry, lines) {
      now.take(entry);
      if (lines.length > 0) screen.persist(lines.join('\n'));
      screen(now.lines(entry.ms, colour).join('\n'));
    },
    close() {
      screen.clear();
      screen.done();
    },
  };
}

function happenings() {
  const running = new Map<string, { title: string; ms: number }>();
  let customers: { ok: boolean; ms: number } | undefined;
  return {
    take(entry: Entry) {
      if (entry.type === 'step-started' || entry.type === 'undo-started') running.set(entry.step, entry);
      if (entry.type === 'step-ended' || entry.type === 'undo-ended') running.delete(entry.step);
      if (entry.type !== 'probed') return;
      for (const { ok, at } of entry.results) {
        if (ok !== customers?.ok) customers = { ok, ms: entry.ms - (Date.parse(entry.at) - at) };
      }
    },
    lines(ms: number, colour: boolean): string[] {
      const { cyan, dim, green, red } = pc.createColors(colour);
      const steps = [...running.values()].map(
        (step) => `${dim(clockFace(ms))}    ${cyan('…')} ${step.title}  ${dim(inWords(ms - step.ms))}`,
      );
      if (!customers) return steps;
      const since = dim(`for ${inWords(ms - customers.ms)}`);
      return [
        ...steps,
        `          ${customers.ok ? green('customers are served') : red('customers are not served')} ${since}`,
      ];
    },
  };
}
