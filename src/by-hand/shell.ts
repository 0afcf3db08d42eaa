import { programs, quotesIn } from '../shell-text.ts';

/** What represents a value in a command, and the variable that holds it. */
export interface Placed {
  stands: string;
  name: string;
  /** The shell is to part it into words. */
  isList: boolean;
}

/** A command with variables in the place of values, quoted as the place asks. */
export function placedIn(command: string, placed: readonly Placed[]): string {
  if (placed.length === 0) return command;
  const where = quotesIn(command);
  const pattern = new RegExp(placed.map(({ stands }) => stands).join('|'), 'g');
  return command.replace(pattern, (stands, at: number) => {
    const { name = '', isList = false } = placed.find((one) => one.stands === stands) ?? {};
    switch (where[at]) {
      case 'single':
        return `'"$${name}"'`;
      case 'double':
        return `\${${name}}`;
      case 'comment':
        return `$${name}`;
      default:
        return isList ? `$${name}` : `"$${name}"`;
    }
  });
}

/** Programs that someone must have to follow these commands, sorted. */
export function programsIn(commands: readonly string[]): string[] {
  const found = new Set<string>();
  for (const command of commands)
    for (const [, program = ''] of command.matchAll(PROGRAM)) if (programs.has(program)) found.add(program);
  return [...found].sort();
}

const PROGRAM = /(?:^|[|;&(]\s*|\b(?:do|then|until|while)\s+)([a-z][a-z0-9.-]*)(?=\s)/gm;
