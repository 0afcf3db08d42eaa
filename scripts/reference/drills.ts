import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'yaml';
import { page, prose, table } from './page.ts';

interface DrillFile {
  title: string;
  machine: string;
  targets?: { rto?: string | number; rpo?: string | number };
}

/** The drills that come with dr-drill. */
export const drillsPage = (): string =>
  page(
    'Shipped drills',
    'These files come with dr-drill. Most run on any topology that has what they need: copy one and name your topology in it. If something is missing, one line says what. `dr-drill list` prints the same.',
    table(
      ['drill', 'what happens', 'machine', 'RTO', 'RPO'],
      readdirSync('drills')
        .filter((file) => file.endsWith('.yaml'))
        .map((file) => {
          const { title, machine, targets } = parse(readFileSync(`drills/${file}`, 'utf8')) as DrillFile;
          const name = basename(file, '.yaml');
          const text = `\`drills/${file}\``;
          const link = existsSync(`docs/src/content/docs/drills/${name}.md`) ? `[${text}](../drills/${name}.md)` : text;
          return [link, prose(title), `\`${machine}\``, String(targets?.rto ?? '–'), String(targets?.rpo ?? '–')];
        }),
    ),
  );
