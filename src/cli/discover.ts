import { realClock } from '../clock/real-clock.ts';
import { ACCELERATOR_REGION } from '../components/route53/schema.ts';
import { discover, type Wanted } from '../draft/discover.ts';
import { topologyOf } from '../draft/draft.ts';
import { writeDraft } from '../draft/write.ts';
import { formatMistakes } from '../drill/format-mistakes.ts';
import { validateFile } from '../drill/validate.ts';
import { liveTransport } from '../live/transport.ts';
import { globalRegionOf } from '../partition.ts';
import { exitCodes } from './exit-codes.ts';
import { explaining, gatewayOutside } from './live.ts';
import { mfaCodeHere } from './mfa-code.ts';
import type { Terminal } from './terminal.ts';

export interface DiscoverCommandOptions extends Omit<Wanted, 'account'> {
  output: string;
}

/** Reads an account, which it cannot change, and writes the topology with comments on what it could not tell. */
export async function discoverCommand(options: DiscoverCommandOptions, terminal: Terminal): Promise<number> {
  const { primary, recovery, domain, output } = options;
  const clock = realClock();
  const account = { transport: await liveTransport(clock, { region: recovery, askMfaCode: mfaCodeHere() }), clock };
  const regions = [primary, recovery, globalRegionOf('route53', recovery), ACCELERATOR_REGION];
  const calls = gatewayOutside(account, regions, { readOnly: true });
  const aws = explaining(calls({ step: 'discover', signal: new AbortController().signal }));
  const identity = await aws.call('sts', recovery, 'GetCallerIdentity', {});
  const found = await discover(aws, { primary, recovery, domain, account: identity.Account ?? '' });
  writeDraft(output, 'topology', topologyOf(found));
  const { mistakes } = validateFile(output);
  const unknown = found.unknown.length;
  terminal.out(
    `Written: ${output}; ${unknown} ${unknown === 1 ? 'value is' : 'values are'} not known and say so in a comment.\n`,
  );
  const { unasked = [] } = found;
  if (unasked.length > 0)
    terminal.err(`Could not be asked, and is missing from it:\n${unasked.map((one) => `- ${one}\n`).join('')}`);
  if (mistakes.length > 0) terminal.err(`${formatMistakes(mistakes, terminal)}\n`);
  return mistakes.length > 0 || unasked.length > 0 ? exitCodes['target-missed'] : exitCodes.passed;
}
