import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { newFolder } from './command.ts';

const FAILOVER = 'drills/multi-region-failover.yaml';
const csi = '\u001b[';

// `script` of util-linux gives the command a terminal of its own.
const hasScript = spawnSync('script', ['--version']).status === 0;

describe.skipIf(!hasScript)('on a terminal', () => {
  test('a run is in colour', () => {
    expect(onTerminal(`run ${FAILOVER}`)).toContain(`${csi}32m✔`);
  });

  test.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('a run has no colour with %j', (env) => {
    expect(onTerminal(`run ${FAILOVER}`, env)).not.toContain(`${csi}32m`);
    expect(onTerminal('--help', env)).not.toContain(csi);
  });

  test('a run that lasts shows what is going on and how customers fare, below the lines that stay', () => {
    const screen = onTerminal(`run ${FAILOVER} --speed 300`);
    expect(screen).toContain('…');
    expect(screen).toContain('customers are not served');
    expect(screen).toContain('customers are served');
  });

  test('in CI there are only lines', () => {
    const screen = onTerminal(`run ${FAILOVER} --speed 300`, { CI: 'true' });
    expect(screen).not.toContain('customers are not served');
    expect(screen).not.toContain(`${csi}?25l`);
  });
});

function onTerminal(args: string, env: Record<string, string> = {}): string {
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...inherited } = process.env;
  const runs = args.startsWith('run') ? ` --runs ${newFolder()}` : '';
  const command = `stty cols 110 rows 40 && ${process.execPath} dist/main.js ${args}${runs}`;
  return spawnSync('script', ['-qec', command, '/dev/null'], {
    env: { ...inherited, TERM: 'xterm-256color', ...env },
    encoding: 'utf8',
  }).stdout;
}
