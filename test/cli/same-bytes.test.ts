import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatNames } from '../../src/report/format-names.ts';
import { formats } from '../../src/report/formats.ts';
import { drDrill, here, newFolder, runHere } from './command.ts';

/** Each on another side of midnight, with commas, other digits, other calendars and other orders of letters. */
const places = [
  { TZ: 'UTC', LANG: 'C', LC_ALL: 'C' },
  { TZ: 'Pacific/Kiritimati', LANG: 'zh_TW.UTF-8', LC_ALL: 'zh_TW.UTF-8' },
  { TZ: 'America/St_Johns', LANG: 'de_DE.UTF-8', LC_ALL: 'ar_EG.UTF-8' },
];

test('the same journal gives the same bytes of every format, whatever the time zone and the language', async () => {
  // It was debriefed and compared, too: those dates are written as well.
  const { runs, folder } = await runHere(['drills/multi-region-failover.yaml']);
  await here(['debrief', folder, '--action', 'Write down 切換演練; Mei-Ling Chen; 2026-12-24']);
  const { out } = await here(['run', 'drills/multi-region-failover.yaml', '--runs', runs, '--json']);
  const { run } = JSON.parse(out) as { run: string };

  const written = await Promise.all(
    places.map(async (env) => {
      const output = newFolder();
      const answer = await drDrill(['report', run, '--format', ...formatNames, '--output', output], { env });
      expect(answer).toMatchObject({ exitCode: 0, err: '' });
      return formatNames.map((format) => readFileSync(join(output, formats[format].file)));
    }),
  );
  for (const [index, format] of formatNames.entries()) {
    for (const [place, files] of written.entries()) {
      const isSame = files[index]?.equals(written[0]?.[index] ?? Buffer.of());
      expect(isSame, `${format} under ${JSON.stringify(places[place])}`).toBe(true);
    }
  }
});
