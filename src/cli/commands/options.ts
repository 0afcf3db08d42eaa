import { InvalidArgumentError, Option } from 'commander';
import { type Format, formatNames } from '../../report/format-names.ts';
import { orShipped } from '../shipped-file.ts';
import type { Terminal } from '../terminal.ts';

/** What each command answers through. */
export interface Surroundings {
  terminal: Terminal;
  finish: (exitCode: number) => void;
}

export const set = new Option(
  '--set <path=value>',
  'override a value of the drill file, as in --set "targets.rto=3 min"; repeatable',
)
  .argParser(repeated)
  .default([], 'none');
export const format = new Option(
  '--format <formats...>',
  'report formats, separated by commas or spaces (default: html,json,md)',
)
  .choices([...formatNames])
  .argParser(eachFormat);
export const json = new Option('--json', 'print JSON');

export const metrics = new Option(
  '--metrics <where>',
  'with --live: send metrics to CloudWatch in the account',
).choices(['cloudwatch']);

export const loadSteps = new Option(
  '--load-steps',
  "load the drill file's own step modules, in a separate process, to read their steps",
);

export const examples = (lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ dr-drill ${line}`).join('\n')}\n`;

/** An option that may be given more than once. */
export const several = <T>(flags: string, description: string, parser: (value: string, earlier: T[]) => T[]): Option =>
  new Option(flags, `${description}; repeatable`).argParser(parser).default([], 'none');

/** A drill, topology or schedule file; the shipped one where there is none here. */
export const file =
  ({ terminal }: Pick<Surroundings, 'terminal'>) =>
  (path: string): string =>
    orShipped(path, terminal);

export const files =
  ({ terminal }: Pick<Surroundings, 'terminal'>) =>
  (path: string, earlier: string[] = []): string[] => [...earlier, orShipped(path, terminal)];

export function repeated(value: string, earlier: string[]): string[] {
  return [...earlier, value];
}

function eachFormat(text: string, earlier: Format[] | undefined): Format[] {
  const named = text.split(',').map((name) => {
    const format = formatNames.find((one) => one === name);
    if (format !== undefined) return format;
    throw new InvalidArgumentError(`Expected one of ${formatNames.join(', ')}. Put the file before --format.`);
  });
  return [...new Set([...(earlier ?? []), ...named])];
}

export const eachNumber = (text: string, earlier: number[]): number[] => [...earlier, wholeNumber(text)];

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a whole number, such as 7.');
  return Number(text);
}

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('Expected a number above 0, such as 60.');
  return value;
}

/** As 95%, or 0.95. */
export function share(text: string): number {
  const percent = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  const value = percent === undefined ? Number(text) : Number(percent) / 100;
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('Expected a share, such as 95%.');
  return value;
}

/** As 4000-5000. */
export function range(text: string): { from: number; to: number } {
  const [, from = '', to = ''] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  if (from === '' || Number(from) > Number(to))
    throw new InvalidArgumentError('Expected two seeds, such as 4000-5000.');
  return { from: Number(from), to: Number(to) };
}
