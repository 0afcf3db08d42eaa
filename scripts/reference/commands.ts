import type { Command, Option } from 'commander';
import { commandLine } from '../../src/cli/main.ts';
import { code, page, prose, table } from './page.ts';

/** Every command, as `--help` has it. */
export function commandsPage(): string {
  const silent = { out() {}, err() {}, colour: false } as never;
  const commands = commandLine(silent, () => {}).commands;
  return page(
    'Commands',
    '`dr-drill <command> --help` has the same with examples. What a command answers is on stdout, and what is wrong on stderr. The [exit codes](exit-codes.md) are the same for all.',
    table(
      ['command', 'what it does'],
      commands.map((one) => [`[\`${one.name()}\`](#${one.name()})`, prose(one.description())]),
    ),
    ...commands.map(sectionOf),
  );
}

function sectionOf(command: Command): string {
  const options = command.options.filter(({ hidden }) => !hidden);
  return [
    `## ${command.name()}`,
    `${sentence(command.description())}`,
    `\`\`\`\ndr-drill ${command.name()} ${command.usage()}\n\`\`\``,
    ...(command.registeredArguments.length > 0
      ? [
          table(
            ['argument', 'what it is'],
            command.registeredArguments.map((one) => [code(one.name()), prose(one.description) + usual(one)]),
          ),
        ]
      : []),
    ...(options.length > 0
      ? [
          table(
            ['option', 'what it does'],
            options.map((one) => [code(one.flags), prose(one.description) + usual(one) + choices(one)]),
          ),
        ]
      : []),
  ].join('\n\n');
}

const sentence = (text: string): string =>
  prose(`${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`);

type Given = Pick<Option, 'defaultValue' | 'defaultValueDescription'>;

function usual({ defaultValue, defaultValueDescription }: Given): string {
  if (defaultValue === undefined || defaultValueDescription === 'none' || defaultValue === false) return '';
  const text =
    defaultValueDescription ?? (typeof defaultValue === 'string' ? defaultValue : JSON.stringify(defaultValue));
  return `. Default: ${code(text)}`;
}

const choices = ({ argChoices }: Option): string => (argChoices ? `. One of ${argChoices.map(code).join(', ')}` : '');
