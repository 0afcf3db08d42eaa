import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/** What is wrong with a shell command before it is run; nothing where its first word can be started, or is for the shell to judge. */
export function commandMistake(command: string, { path }: { path?: string | undefined } = {}): string | undefined {
  const word = firstWord(command);
  if (word === undefined) return undefined;
  if (word.includes('/')) return fileMistake(word.replace(/^~(?=\/)/, homedir()));
  if (path === undefined || BUILT_IN.has(word)) return undefined;
  const isFound = path.split(delimiter).some((folder) => fileMistake(join(folder, word)) === undefined);
  return isFound ? undefined : `there is no command ${word} on PATH`;
}

/** The word that the shell starts; nothing where only the shell can tell. */
function firstWord(command: string): string | undefined {
  const [, word] = /^\s*(?:[A-Za-z_]\w*=[^\s"'$`\\]*\s+)*([\w./~+@:-]+)(?=$|[\s;&|<>])/.exec(command) ?? [];
  return word?.includes('=') ? undefined : word;
}

function fileMistake(file: string): string | undefined {
  const found = statSync(resolve(file), { throwIfNoEntry: false });
  if (!found) return `there is no file ${file}`;
  if (!found.isFile()) return `${file} is not a file`;
  try {
    accessSync(resolve(file), constants.X_OK);
    return undefined;
  } catch {
    return `${file} is not executable`;
  }
}

/** What a POSIX shell knows by itself. */
const BUILT_IN = new Set(
  'alias bg break case cd command continue echo eval exec exit export false fg for getopts hash if jobs kill printf pwd read readonly return set shift test time times trap true type ulimit umask unalias unset until wait while'.split(
    ' ',
  ),
);
