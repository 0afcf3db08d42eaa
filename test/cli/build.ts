import { execFileSync } from 'node:child_process';

/** The tests call the command that is shipped, built from the sources as they are now. */
export default function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
