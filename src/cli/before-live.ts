import { candidatesOf } from '../drill/candidates.ts';
import type { LoadedDrill } from '../drill/load.ts';
import { Aborted, DrillError } from '../errors.ts';
import { mustConsent } from '../live/consent.ts';
import { livePorts } from '../live/ports.ts';
import { simulatedPorts } from '../live/simulated-ports.ts';
import { steps } from '../platform/steps.ts';
import { lineOf } from '../runbook/form.ts';
import { lookForDrill } from '../runbook/look.ts';
import { runbookFor } from '../runbook/runbook.ts';
import { judgeFindings } from '../steps/account/findings.ts';
import type { Account, LookAtAccount } from './account.ts';
import { atKeyboard } from './keyboard.ts';
import { connect, explaining, type LiveAccount } from './live-account.ts';
import { channelsFor } from './live-notices.ts';
import type { Terminal } from './terminal.ts';

/**
 * Looks at all that the drill needs, as the drill's own preflight will; what would stop that one ends the command here.
 * @param readOnly the run ends before its first change, and its caller need not be allowed any.
 */
export async function mustBeAsDescribed(
  loaded: LoadedDrill,
  account: Account,
  { readOnly = false }: { readOnly?: boolean } = {},
): Promise<void> {
  const { ports, ...rest } = account;
  const look = await lookForDrill(loaded.drill, loaded.topology, { ...rest, ...ports, readsOnly: readOnly });
  judgeFindings(look.findings, { record: () => {} });
}

/** Looks at the real account; changes nothing. */
export const lookAtLive =
  (loaded: LoadedDrill, known?: LiveAccount): LookAtAccount =>
  async (look) => {
    const account = known ?? (await connect(loaded));
    const { signal } = new AbortController();
    const { clock, transport } = account;
    const ports = livePorts({
      ...loaded,
      signing: transport,
      session: transport.session,
      world: account.world,
      clock,
      readOnly: true,
      channels: await channelsFor(loaded.topology, account, clock),
    });
    try {
      const aws = explaining(account.aws({ step: 'preflight', signal }));
      return await look({ aws, ports: ports.through(account.aws), clock, signal });
    } finally {
      await ports.close();
    }
  };

/** Fails unless the drill's own file consents to what cannot be undone. In a simulated world nothing is lost for good, and it knows how failures are caused. */
export async function mustConsentTo({ drill, topology }: LoadedDrill): Promise<void> {
  if (await simulatedPorts()) return;
  for (const one of candidatesOf(drill)) {
    const noReturn = Object.entries(runbookFor(one, topology).steps).flatMap(([step, { kind }]) => {
      const why = steps.get(kind)?.pointOfNoReturn;
      return why === undefined ? [] : [{ step, line: lineOf(step), why }];
    });
    mustConsent(one, noReturn);
  }
}

/** Has a person type the drill's name, or takes it from `--confirm`; anything else ends here, with nothing changed. */
export async function mustBeConfirmed(
  { drill, topology }: LoadedDrill,
  { given, overrides }: { given: string | undefined; overrides: readonly string[] },
  arn: string,
  terminal: Terminal,
): Promise<void> {
  // The one who confirms has read the file, which says something else.
  if (overrides.length > 0) terminal.err(`Set on the command line, not in the file: ${overrides.join(', ')}\n`);
  const typed =
    given ??
    (await asked(
      `This changes AWS account ${topology.account}, as ${arn}.`,
      `Type ${drill.drill} to continue: `,
      terminal,
    ));
  if (typed === drill.drill) return;
  throw new DrillError(
    'not-confirmed',
    typed === undefined ? 'A live drill has to be confirmed.' : `'${typed}' is not the drill's name: nothing was done.`,
    {
      hint: `Type the name when asked; without a terminal, add --confirm ${drill.drill}`,
    },
  );
}

async function asked(what: string, question: string, { err }: Terminal): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  err(`\n${what}\n`);
  return atKeyboard({}, (ask) => ask(question)).catch((error) => {
    if (error instanceof Aborted) return undefined;
    throw error;
  });
}
