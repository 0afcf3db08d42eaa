import type { Entry } from '../journal/events.ts';

/** One line of what happened. */
export interface FeedItem {
  seq: number;
  /** Time of the run, as `1:06.3`. */
  time: string;
  tone: 'phase' | 'good' | 'bad' | 'warn' | 'plain';
  text: string;
}

const tones: Record<string, FeedItem['tone']> = {
  '✔': 'good',
  '↶': 'good',
  '✘': 'bad',
  '▼': 'bad',
  '!': 'warn',
  '–': 'warn',
};

const TEXT_MAX = 2_000;

/** Takes a line of the screen apart: its time, its mark and its words. */
export function feedItem({ seq }: Entry, line: string): FeedItem {
  const [, time = '', rest = line] = /^\s*(\S+) {2}(.*)$/s.exec(line) ?? [];
  const isStep = rest.startsWith('  ');
  const [, mark = '', text = ''] = /^\s*(\S)?(.*)$/s.exec(rest) ?? [];
  const tone = isStep ? (tones[mark] ?? 'plain') : 'phase';
  const words = `${mark}${text}`.replace(/\n\s+/g, '\n');
  return { seq, time, tone, text: words.slice(0, TEXT_MAX) };
}
