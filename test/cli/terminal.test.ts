import { describe, expect, test } from 'vitest';
import { newFolder } from './command.ts';
import { hasPseudoTerminal, onTerminal } from './pseudo-terminal.ts';

const FAILOVER = 'drills/multi-region-failover.yaml';
const csi = '\u001b[';

const seenIn = async (args: string[], env: Record<string, string> = {}): Promise<string> =>
  (await onTerminal([...args, ...(args[0] === 'run' ? ['--runs', newFolder()] : [])], { env })).screen;

describe.skipIf(!hasPseudoTerminal)('on a terminal', () => {
  test('a run is in colour', async () => {
    expect(await seenIn(['run', FAILOVER])).toContain(`${csi}32m✔`);
  });

  test.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('a run has no colour with %j', async (env) => {
    expect(await seenIn(['run', FAILOVER], env)).not.toContain(`${csi}32m`);
    expect(await seenIn(['--help'], env)).not.toContain(csi);
  });

  test('a run that lasts shows what is going on and how customers fare, below the lines that stay', async () => {
    const screen = await seenIn(['run', FAILOVER, '--speed', '300']);
    expect(screen).toContain('…');
    expect(screen).toContain('customers without service');
    expect(screen).toContain('customers are served');
    expect(screen).toContain('of the RTO left');
  });

  test('in CI there are only lines', async () => {
    const screen = await seenIn(['run', FAILOVER, '--speed', '300'], { CI: 'true' });
    expect(screen).not.toContain('customers without service');
    expect(screen).not.toContain(`${csi}?25l`);
  });
});
