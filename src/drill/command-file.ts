import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/** What is wrong with a shell command before it is run; nothing where its first word can be started, or is for the shell to judge. */
export function commandMistake(command: string, { path }: { path?: string | undefined } = {}): string | undefined {
  const [word, script] = words(command);
  if (word === undefined) return undefined;
  return programMistake(word, path) ?? (script === undefined ? undefined : scriptMistake(word, script));
}

function programMistake(word: string, path: string | undefined): string | undefined {
  if (word.includes('/')) return fileMistake(word.replace(/^~(?=\/)/, homedir()));
  if (path === undefined || BUILT_IN.has(word)) return undefined;
  const isFound = path.split(delimiter).some((folder) => fileMistake(join(folder, word)) === undefined);
  return isFound ? undefined : `there is no command ${word} on PATH`;
}

/** The word that the shell starts, and its first argument; nothing where only the shell can tell. */
function words(command: string): (string | undefined)[] {
  const [, word, argument] =
    /^\s*(?:[A-Za-z_]\w*=[^\s"'$`\\]*\s+)*([\w./~+@:-]+)(?=$|[\s;&|<>])(?:\s+([\w./~+@:][\w./~+@:-]*)(?=$|[\s;&|<>]))?/.exec(
      command,
    ) ?? [];
  return word?.includes('=') ? [] : [word, argument];
}

const INTERPRETERS = /^((ba|da|z)?sh|python3?|node|ruby|perl)$/;

/** A script that an interpreter is given must be there; it need not be executable. */
function scriptMistake(word: string, script: string): string | undefined {
  if (!INTERPRETERS.test(word.split('/').at(-1) ?? '') || !/[./]/.test(script)) return undefined;
  const found = statSync(resolve(script.replace(/^~(?=\/)/, homedir())), { throwIfNoEntry: false });
  return found ? undefined : `there is no file ${script}`;
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
