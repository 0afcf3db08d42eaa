import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DestinationStream, type Level, pino } from 'pino';
import { DrillError } from '../errors.ts';
import type { Entry } from '../journal/events.ts';
import type { Terminal } from './terminal.ts';

export interface LogOptions {
  logLevel?: Level | 'silent';
  logFile?: string;
  logJson?: boolean;
}

export interface Log {
  /** Writes a line for what happened, where the level lets it. */
  entry(entry: Entry): void;
  close(): void;
}

/** A log of a run for people and log collectors: the journal's events with levels. Nothing is logged that is not journalled. */
export function openLog({ logLevel, logFile, logJson }: LogOptions, terminal: Pick<Terminal, 'err'>): Log | undefined {
  const level = logLevel ?? (logFile ? 'info' : 'silent');
  if (level === 'silent') return undefined;
  const sink = open(logFile, terminal);
  const logger = pino(
    {
      level,
      base: null,
      // The event's own time: in a dry run that of the simulation.
      timestamp: false,
      formatters: { level: (label) => ({ level: label }) },
    },
    logJson ? sink : asText(sink),
  );
  return {
    entry(entry) {
      const { prev: _, at, ms: __, type, ...facts } = entry;
      // The whole drill and topology are in the journal's first line; a log line is for reading.
      if (type === 'run-started')
        logger.info({ time: at, mode: entry.mode, seed: entry.seed, drill: entry.drill.drill }, type);
      else logger[levelOf(entry)]({ time: at, ...facts }, type);
    },
    close: () => sink.close(),
  };
}

function levelOf(entry: Entry): Level {
  switch (entry.type) {
    case 'probed':
    case 'customers-probed':
    case 'heartbeats':
      return 'trace';
    case 'call':
      return entry.outcome === 'ok' ? 'debug' : 'warn';
    case 'check':
    case 'step-observed':
    case 'step-applying':
    case 'step-applied':
      return 'debug';
    case 'step-ended':
    case 'undo-ended':
      if (entry.outcome === 'failed' || entry.outcome === 'deadline') return 'error';
      return 'notDone' in entry ? 'warn' : 'info';
    case 'data-check':
      return entry.ok === false ? 'error' : 'info';
    case 'finding':
      return entry.severity === 'blocker' ? 'error' : entry.severity === 'warning' ? 'warn' : 'info';
    case 'held':
    case 'person-wanted':
    case 'continuation-refused':
    case 'clock-jumped':
    case 'look-failing':
    case 'session-ended':
    case 'run-suspended':
    case 'abort-requested':
    case 'impaired':
    case 'not-ready':
      return 'warn';
    case 'notice':
      return entry.state === 'failed' || entry.state === 'unknown' ? 'warn' : 'info';
    case 'run-ended':
      return entry.outcome === 'passed' ? 'info' : 'error';
    default:
      return 'info';
  }
}

/** Each line is written when it is logged, or throws. */
interface Sink extends DestinationStream {
  close(): void;
}

function open(file: string | undefined, terminal: Pick<Terminal, 'err'>): Sink {
  if (file === undefined) return { write: terminal.err, close() {} };
  try {
    mkdirSync(dirname(file), { recursive: true });
    const fd = openSync(file, 'a');
    return {
      write(line) {
        const bytes = Buffer.from(line);
        // A disk that is nearly full takes a part of it, and says nothing.
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      },
      close: () => closeSync(fd),
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = 'Name another file: --log-file <path>.';
    throw new DrillError('log-unwritable', `The log cannot be written to ${file}: ${why}.`, { hint, cause });
  }
}

/** One line a person can read: time, level, event, then what it was about. */
const asText = (sink: DestinationStream): DestinationStream => ({
  write(line) {
    const { time, level, msg, seq: _, ...facts } = JSON.parse(line);
    const words = Object.entries(facts).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    sink.write(`${[time, level.toUpperCase().padEnd(5), msg, ...words].join(' ')}\n`);
  },
});
