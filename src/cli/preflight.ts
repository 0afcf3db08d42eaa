import { type LoadedDrill, loadDrill } from '../drill/load.ts';
import { lookForDrill } from '../runbook/look.ts';
import type { Finding } from '../steps/account/findings.ts';
import type { LookAtAccount } from './account.ts';
import { exitCodes } from './exit-codes.ts';
import { notLoaded, notLoadedLines, readingModules } from './own-steps.ts';
import { preflightLines } from './preflight-text.ts';
import type { Terminal } from './terminal.ts';

export interface PreflightCommandOptions {
  set: string[];
  live?: boolean;
  json?: boolean;
  loadSteps?: boolean;
}

const severities = ['blocker', 'warning', 'note'] as const;

/** Compares topology and account, and tells what would go wrong in a drill; changes nothing. Gives 1 where something would stop it. */
export async function preflightCommand(
  path: string,
  options: PreflightCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const loaded = loadDrill(path, { overrides: options.set, vocabulary: readingModules(options) });
  const { drill, topology } = loaded;
  for (const line of notLoadedLines(notLoaded(drill, options))) terminal.err(`${line}\n`);
  const lookAt = await accountFor(loaded, options);
  const { rows, findings: found } = await lookAt(({ ports, ...account }) =>
    lookForDrill(drill, topology, { ...account, ...ports, readsOnly: false }),
  );
  const findings = found.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const exitCode = findings.some(({ severity }) => severity === 'blocker')
    ? exitCodes['target-missed']
    : exitCodes.passed;
  const mode = options.live ? 'live' : 'dry-run';
  const preflight = {
    format: 1 as const,
    drill: drill.drill,
    account: topology.account,
    mode,
    exitCode,
    rows: rows.map(({ led = [], ...row }) => ({
      ...row,
      status: statusOf(led),
      findings: led.map(({ what }) => what),
    })),
    findings,
  };
  const text = options.json ? JSON.stringify(preflight, null, 2) : preflightLines(preflight, terminal).join('\n');
  terminal.asIs(`${text}\n`);
  return exitCode;
}

/** How a row stands: as the worst that is wrong with it. */
const statusOf = (led: readonly Finding[]): Finding['severity'] | 'ok' =>
  severities.find((one) => led.some(({ severity }) => severity === one)) ?? 'ok';

/** Which account is looked at: the real one, or the one that a dry run would begin with. */
async function accountFor(loaded: LoadedDrill, { live }: PreflightCommandOptions): Promise<LookAtAccount> {
  if (live) return (await import('./before-live.ts')).lookAtLive(loaded);
  const { lookAtSimulated } = await import('./simulated-account.ts');
  return lookAtSimulated(loaded);
}
