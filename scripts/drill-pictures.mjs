// Draws the state machine of every drill for its page: docs/src/content/docs/drills/<drill>.svg.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
for (const file of readdirSync('drills').filter((one) => one.endsWith('.yaml'))) {
  const picture = join('docs/src/content/docs/drills', `${basename(file, '.yaml')}.svg`);
  execFileSync(process.execPath, ['dist/main.js', 'graph', join('drills', file), '--format', 'svg', '-o', picture]);
}
