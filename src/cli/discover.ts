import { realClock } from '../clock/real-clock.ts';
import { discover, type Wanted } from '../draft/discover.ts';
import { topologyOf } from '../draft/draft.ts';
import { writeDraft } from '../draft/write.ts';
import { formatMistakes } from '../drill/format-mistakes.ts';
import { ACCELERATOR_REGION } from '../drill/traffic.ts';
import { validateFile } from '../drill/validate.ts';
import { refusal } from '../live/refusals.ts';
import { liveTransport } from '../live/transport.ts';
import { globalRegionOf } from '../partition.ts';
import { exitCodes } from './exit-codes.ts';
import { gatewayOutside } from './live.ts';
import { mfaCodeHere } from './mfa-code.ts';
import type { Terminal } from './terminal.ts';

export interface DiscoverCommandOptions extends Omit<Wanted, 'account'> {
  output: string;
}

/** Reads an account, which it cannot change, and writes the topology with comments on what it could not tell. */
export async function discoverCommand(options: DiscoverCommandOptions, terminal: Terminal): Promise<number> {
  const { primary, recovery, domain, output } = options;
  const clock = realClock();
  const asked = { service: 'sts', region: recovery, operation: 'GetCallerIdentity' } as const;
  const account = { transport: await liveTransport(clock, { region: recovery, askMfaCode: mfaCodeHere() }), clock };
  const aws = gatewayOutside(account, [primary, recovery, globalRegionOf('route53', recovery), ACCELERATOR_REGION], {
    readOnly: true,
    record({ ...event }) {
      if (event.type === 'call') Object.assign(asked, event);
    },
  })({ step: 'discover', signal: new AbortController().signal });
  const found = await (async () => {
    const { Account: account = '' } = await aws.call('sts', recovery, 'GetCallerIdentity', {});
    return discover(aws, { primary, recovery, domain, account });
  })().catch((error: unknown) => {
    throw refusal(error, asked);
  });
  writeDraft(output, 'topology', topologyOf(found));
  const { mistakes } = validateFile(output);
  const unknown = found.unknown.length;
  terminal.out(
    `Written: ${output}; ${unknown} ${unknown === 1 ? 'value is' : 'values are'} not known and say so in a comment.\n`,
  );
  if (mistakes.length > 0) terminal.err(`${formatMistakes(mistakes, terminal)}\n`);
  return mistakes.length > 0 ? exitCodes['target-missed'] : exitCodes.passed;
}
