/** What stands for a value in a command, and the variable that holds it. */
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

type Quote = 'none' | 'single' | 'double' | 'comment';

/** By which quotes each character of a command is surrounded. A substitution inside of quotes begins without any. */
function quotesIn(command: string): Quote[] {
  const found: Quote[] = [];
  const around: Quote[] = ['none'];
  for (let at = 0; at < command.length; at += 1) {
    const now = around.at(-1) ?? 'none';
    found.push(now);
    const character = command[at];
    if (now === 'comment') {
      if (character === '\n') around.pop();
    } else if (now === 'single') {
      if (character === "'") around.pop();
    } else if (character === '\\') {
      found.push(now);
      at += 1;
    } else if (character === '"') {
      if (now === 'double') around.pop();
      else around.push('double');
    } else if (character === '(' && (now === 'none' || command[at - 1] === '$')) around.push('none');
    else if (now === 'double') continue;
    else if (character === ')' && around.length > 1) around.pop();
    else if (character === "'") around.push('single');
    else if (character === '#' && /(^|\s)$/.test(command.slice(0, at))) around.push('comment');
  }
  return found;
}

/** Programs that somebody must have to follow these commands, sorted. */
export function programsIn(commands: readonly string[]): string[] {
  const found = new Set<string>();
  for (const command of commands)
    for (const [, program = ''] of command.matchAll(PROGRAM)) if (KNOWN.has(program)) found.add(program);
  return [...found].sort();
}

const PROGRAM = /(?:^|[|;&(]\s*|\b(?:do|then|until|while)\s+)([a-z][a-z0-9.-]*)(?=\s)/gm;
const KNOWN = new Set([
  'aws',
  'curl',
  'dig',
  'jq',
  'kafka-console-consumer.sh',
  'kafka-console-producer.sh',
  'kafka-consumer-groups.sh',
  'kubectl',
  'mysql',
  'psql',
  'redis-cli',
]);
