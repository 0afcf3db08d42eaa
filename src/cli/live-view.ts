import pc from 'picocolors';
import { inWords } from '../duration.ts';
import type { Entry } from '../journal/events.ts';
import { resultsIn } from '../journal/probes.ts';
import { laidOut } from '../layout.ts';
import { clockFace, looking } from './narrate.ts';
import type { Terminal } from './terminal.ts';
import { type Typing, typingLine } from './typing.ts';

/** Shows a run on a terminal: lines that stay and, below them while someone watches, what is going on now. */
export interface View {
  show(entry: Entry, lines: string[]): void;
  typing: Typing;
  close(): void;
}

/** Lines only: for files, pipes, CI, and runs that are over before anyone could look. */
export function plainView(terminal: Terminal): View {
  const typing = typingLine(terminal);
  return {
    show(_, lines) {
      if (lines.length === 0) return;
      typing.hide();
      for (const line of lines) terminal.out(`${line}\n`);
      typing.show();
    },
    typing: typing.set,
    close() {},
  };
}

/**
 * Keeps the steps that run, and how customers fare, at the bottom of the screen.
 * @param earlier what stood in the journal before this process
 */
export async function liveView(terminal: Terminal, earlier: readonly Entry[]): Promise<View> {
  const { createLogUpdate } = await import('log-update');
  const screen = createLogUpdate(process.stdout);
  const now = happenings();
  for (const entry of earlier) now.take(entry);
  let below: string[] = [];
  let typed: string[] = [];
  const { colour } = terminal;
  // The terminal's width is asked again each time: someone may change it.
  const fitted = (lines: readonly string[]) => laidOut(lines.join('\n'), terminal.width);
  const draw = () => screen(fitted([...below, ...typed]));
  return {
    show(entry, lines) {
      now.take(entry);
      if (lines.length > 0) screen.persist(fitted(lines));
      below = now.lines(entry.ms, colour);
      draw();
    },
    typing(lines) {
      typed = lines;
      draw();
    },
    close() {
      screen.clear();
      screen.done();
    },
  };
}

function happenings() {
  const running = new Map<string, { title: string; ms: number; failing?: string }>();
  const customers = new Map<string, boolean>();
  let turnedMs = 0;
  let rtoMs: number | undefined;
  let impairedMs: number | undefined;
  return {
    take(entry: Entry) {
      if (entry.type === 'run-started' && 'targets' in entry.drill) rtoMs = entry.drill.targets.rto ?? undefined;
      // The command that caused the failure may say that it came earlier than this line.
      if (entry.type === 'impaired')
        impairedMs = entry.ms - (Date.parse(entry.at) - Date.parse(entry.since ?? entry.at));
      if (entry.type === 'step-started' || entry.type === 'undo-started') running.set(entry.step, { ...entry });
      const step = 'step' in entry && entry.step ? running.get(entry.step) : undefined;
      if (step && entry.type === 'look-failing') step.failing = looking(entry);
      // What follows a failing look tells that something works again.
      else if (step && !(entry.type === 'call' && entry.outcome !== 'ok')) delete step.failing;
      if (entry.type === 'step-ended' || entry.type === 'undo-ended') running.delete(entry.step);
      if (entry.type !== 'probed' && entry.type !== 'customers-probed') return;
      for (const { ok, at, customer = 0 } of resultsIn(entry)) {
        const who = `${entry.of}/${customer}`;
        if (customers.get(who) !== ok) turnedMs = Math.max(turnedMs, entry.ms - (Date.parse(entry.at) - at));
        customers.set(who, ok);
      }
    },
    lines(ms: number, colour: boolean): string[] {
      const { cyan, dim, green, red } = pc.createColors(colour);
      const steps = [...running.values()].map(
        (step) =>
          `${dim(clockFace(ms))}    ${cyan('…')} ${step.title}  ${dim(inWords(ms - step.ms))}${step.failing ? `\n              ${dim(step.failing)}` : ''}`,
      );
      if (customers.size === 0) return steps;
      const served = [...customers.values()].filter(Boolean).length;
      const how =
        served === customers.size
          ? green('customers are served')
          : red(served === 0 ? 'customers without service' : `${served} of ${customers.size} customers are served`);
      const leftMs = rtoMs === undefined || impairedMs === undefined ? undefined : rtoMs - (ms - impairedMs);
      const budget =
        leftMs === undefined || served === customers.size
          ? ''
          : leftMs > 0
            ? dim(`, ${inWords(leftMs)} of the RTO left`)
            : red(`, RTO exceeded by ${inWords(-leftMs)}`);
      return [...steps, `          ${how} ${dim(`for ${inWords(ms - turnedMs)}`)}${budget}`];
    },
  };
}
