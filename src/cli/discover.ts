import { basename, extname } from 'node:path';
import type { Aws } from '../aws/aws.ts';
import { realClock } from '../clock/real-clock.ts';
import { plainName, type Regions } from '../components/discovery.ts';
import { allKinds } from '../components/index.ts';
import { discover, type Found, type Wanted } from '../draft/discover.ts';
import { topologyOf, unknownIn } from '../draft/draft.ts';
import { writeDraft } from '../draft/write.ts';
import { liveTransport } from '../live/transport.ts';
import { exitCodes } from './exit-codes.ts';
import { endInWords } from './interrupt.ts';
import { explaining, gatewayOutside } from './live-account.ts';
import { mfaCodeHere } from './mfa-code.ts';
import type { Terminal } from './terminal.ts';

export interface DiscoverCommandOptions extends Omit<Wanted, 'account'> {
  output: string;
}

/** Reads an account, which it cannot change, and writes the topology with comments on what it could not tell. */
export async function discoverCommand(options: DiscoverCommandOptions, terminal: Terminal): Promise<number> {
  const { output, ...regions } = options;
  endInWords();
  const found = await discover(...(await accountHere(regions)));
  const name = plainName(basename(output, extname(output))) || 'discovered';
  writeDraft(output, 'topology', topologyOf(found, name));
  const unknown = unknownIn(found.topology);
  const count = `${unknown} ${unknown === 1 ? 'value is' : 'values are'} not known and say so in a comment`;
  terminal.out(
    `Written: ${output}${unknown === 0 ? '' : `; ${count}`}.\nSee what is missing: dr-drill validate ${output}\n`,
  );
  return tellUnasked(found, terminal);
}

/** Says what of an account could not be asked. */
export function tellUnasked({ unasked }: Found, terminal: Terminal): number {
  if (unasked.length === 0) return exitCodes.passed;
  terminal.err(`Could not be asked, and is missing from it:\n${unasked.map((one) => `- ${one}\n`).join('')}`);
  return exitCodes['target-missed'];
}

/** The account that the credentials belong to, as `discover` wants it. Rejects with a DrillError where there are none that work. */
export async function accountHere({ primary, recovery, domain }: Regions): Promise<[Aws, Wanted]> {
  const clock = realClock();
  const account = { transport: await liveTransport(clock, { region: recovery, askMfaCode: mfaCodeHere() }), clock };
  const elsewhere = allKinds.flatMap(({ discovery }) =>
    'regions' in discovery ? (discovery.regions?.(recovery) ?? []) : [],
  );
  const asked = [...new Set([primary, recovery, ...elsewhere])];
  const calls = gatewayOutside(account, asked, { readOnly: true });
  const aws = explaining(calls({ step: 'discover', signal: new AbortController().signal }));
  const identity = await aws.call('sts', recovery, 'GetCallerIdentity', {});
  return [aws, { primary, recovery, domain, account: identity.Account ?? '' }];
}
