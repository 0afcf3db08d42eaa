import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn } from '../../src/evidence/bundle.ts';
import { newFolder } from '../cli/command.ts';

/** What a bundle's README asks for: standard tools, and nothing of ours. */
export const hasStandardTools = ['openssl version', 'jq --version', 'sha256sum --version'].every(
  (command) => spawnSync('sh', ['-c', command]).status === 0,
);

/** A bundle unpacked, with each command of its README as it stands there. */
export function unpackedByHand(bundle: string) {
  const folder = join(newFolder(), 'unpacked');
  mkdirSync(folder);
  for (const [name, bytes] of filesIn([readFileSync(bundle)], bundle)) writeFileSync(join(folder, name), bytes);
  const commands = readFileSync(join(folder, 'README.md'), 'utf8')
    .split('\n')
    .flatMap((line) => (line.startsWith('       ') ? [line.trim()] : []));
  return {
    folder,
    /** What each of them says, and whether it was content. */
    said: () =>
      commands.map((command) => {
        const { status, stdout } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
        return { passed: status === 0, says: stdout };
      }),
  };
}
