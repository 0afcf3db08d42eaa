import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { shippedPath, shippedText } from './shipped.ts';

/** What most systems begin with: one failover, one restore, one talk. */
const FIRST = ['multi-region-failover', 'snapshot-restore', 'tabletop'];

/** The shipped drills, those first with which most systems begin. */
export function patterns(): string[] {
  const all = readdirSync(shippedPath('drills')).flatMap((file) =>
    file.endsWith('.yaml') ? basename(file, '.yaml') : [],
  );
  return [...FIRST, ...all.filter((name) => !FIRST.includes(name) && name !== 'surprise')];
}

/** When these drills are due: as in the shipped schedule, from a day on. */
export function scheduleText(system: string, drills: readonly string[], since: string): string {
  const isDue = (line: string) => drills.some((name) => line.includes(`../${name}.yaml`));
  return shippedText('drills/schedules/ecommerce-platform.yaml')
    .split('\n')
    .filter((line) => !line.startsWith('  ') || isDue(line))
    .join('\n')
    .replace(/^schedule: .*$/m, `schedule: ${system}`)
    .replace(/^since: .*$/m, `since: "${since}"`);
}

/** The workflow for GitHub Actions that the documentation shows, with these drills and this schedule. */
export const workflowText = (folder: string, drills: readonly string[], schedule: string): string =>
  shippedText('docs/github-actions.yml')
    .replace(/^# .*: rehearsals/, '# Written by dr-drill: rehearsals')
    .replace(/drill: \[.*\]/, `drill: [${drills.join(', ')}]`)
    .replace('drills/$', `${folder}/$`)
    .replace('drills/schedules/ecommerce-platform.yaml', schedule);
