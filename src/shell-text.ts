export type Quote = 'none' | 'single' | 'double' | 'comment';

/** By which quotes each character of a command is surrounded. A substitution inside of quotes begins without any. */
export function quotesIn(command: string): Quote[] {
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

/** Programs that the commands in runbooks and plans call. */
export const programs = new Set([
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
