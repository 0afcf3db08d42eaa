import { existsSync, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** The file with everything else, named by what is in it: set by the build. */
declare const COMMAND: string;
/** A smaller one, and the first words for which it suffices. */
declare const READING: { words: string[]; file: string };

/**
 * What the package's `bin` names: runs the command with what V8 compiled of it when it was built. To compile it anew would take a
 * quarter of a dry run. Another version of Node finds nothing that it compiled itself, and does without.
 */
const file = join(__dirname, READING.words.includes(process.argv[2] ?? '--help') ? READING.file : COMMAND);
const compiled = `${file}.v8-${process.versions.v8}`;
export const script = new Script(Module.wrap(readFileSync(file, 'utf8')), {
  filename: file,
  ...(existsSync(compiled) && { cachedData: readFileSync(compiled) }),
});
const command = new Module(file, module);
// Steps of a user's own find the same code there, not a second copy of it.
require.cache[file] = command;
script.runInThisContext()(command.exports, createRequire(file), command, file, __dirname);
command.exports.main();
