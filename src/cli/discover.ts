import { basename, extname } from 'node:path';
import { realClock } from '../clock/real-clock.ts';
import { plainName } from '../components/discovery.ts';
import { allKinds } from '../components/index.ts';
import { discover, type Wanted } from '../draft/discover.ts';
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
  const { primary, recovery, domain, output } = options;
  endInWords();
  const clock = realClock();
  const account = { transport: await liveTransport(clock, { region: recovery, askMfaCode: mfaCodeHere() }), clock };
  const elsewhere = allKinds.flatMap(({ discovery }) =>
    'regions' in discovery ? (discovery.regions?.(recovery) ?? []) : [],
  );
  const regions = [...new Set([primary, recovery, ...elsewhere])];
  const calls = gatewayOutside(account, regions, { readOnly: true });
  const aws = explaining(calls({ step: 'discover', signal: new AbortController().signal }));
  const identity = await aws.call('sts', recovery, 'GetCallerIdentity', {});
  const found = await discover(aws, { primary, recovery, domain, account: identity.Account ?? '' });
  const name = plainName(basename(output, extname(output))) || 'discovered';
  writeDraft(output, 'topology', topologyOf(found, name));
  const unknown = unknownIn(found.topology);
  const count = `${unknown} ${unknown === 1 ? 'value is' : 'values are'} not known and say so in a comment`;
  terminal.out(
    `Written: ${output}${unknown === 0 ? '' : `; ${count}`}.\nSee what is missing: dr-drill validate ${output}\n`,
  );
  const { unasked } = found;
  if (unasked.length > 0)
    terminal.err(`Could not be asked, and is missing from it:\n${unasked.map((one) => `- ${one}\n`).join('')}`);
  return unasked.length > 0 ? exitCodes['target-missed'] : exitCodes.passed;
}
