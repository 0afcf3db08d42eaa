import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/** The file with everything else, named by what is in it: set by the build. */
declare const COMMAND: string;
/** A smaller one, and the first words for which it suffices. */
declare const READING: { words: string[]; file: string };

/**
 * What the package's `bin` names. It runs the command with the code that V8 compiled in an earlier run: compiling again takes half of a
 * dry run. The first run keeps the compiled code beside the command, for the Node version that is there.
 */
// Most commands end before it pays that V8 optimises code, that zod compiles, or that old objects are marked beside the work: a tenth of a
// dry run. V8 optimises what has run for longer, and marks when it must.
setFlagsFromString('--interrupt-budget=500000');
setFlagsFromString('--no-incremental-marking');
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
const [first = ''] = process.argv.slice(2);
const file = join(__dirname, READING.words.includes(first) ? READING.file : COMMAND);
// A run compiles more than other commands, so what it keeps serves all of them, but not the other way round.
const places = (first === 'run' ? ['run'] : ['run', 'other']).map(
  (by) => `${file}.v8-${process.versions.v8}-${process.arch}-${by}`,
);
const kept = places.find((place) => existsSync(place));
// The build sees to it that it is ASCII: to decode it as anything more takes longer.
const script = new Script(Module.wrap(readFileSync(file, 'latin1')), {
  filename: file,
  ...(kept && { cachedData: readFileSync(kept) }),
});
if (!kept || script.cachedDataRejected) process.once('exit', () => keepCompiled(kept ?? (places.at(-1) as string)));
const command = new Module(file, module);
// Steps of a user's own find the same code there, not a second copy of it.
require.cache[file] = command;
script.runInThisContext()(command.exports, createRequire(file), command, file, __dirname);
command.exports.main();

/** Written whole, then renamed: another process may read or write it at the same time. */
function keepCompiled(place: string): void {
  const whole = `${place}.${process.pid}`;
  try {
    writeFileSync(whole, script.createCachedData());
    renameSync(whole, place);
  } catch {
    // The folder is read-only: each run compiles again.
  }
}
