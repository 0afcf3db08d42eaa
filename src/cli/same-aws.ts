import { DrillError } from '../errors.ts';
import type { EventOf } from '../journal/events.ts';
import type { LiveTransport } from '../live/transport.ts';

/**
 * Fails where a run that began on AWS would continue somewhere else, or one that began on a simulated account on AWS: there, no drill file has
 * to consent to what cannot be undone. The address of a simulated account may be another one by now.
 */
export function mustBeSameAws(
  { elsewhere: before }: Pick<EventOf<'run-started'>, 'elsewhere'>,
  { elsewhere }: Pick<LiveTransport, 'elsewhere'>,
): void {
  const now = elsewhere().join(', ');
  if ((before === undefined) === (now === '')) return;
  throw before === undefined
    ? new DrillError('other-aws', `This run began on AWS, and its calls would now go to ${now}.`, {
        hint: 'Unset AWS_ENDPOINT_URL, and endpoint_url in the AWS profile. Then resume the run.',
      })
    : new DrillError('other-aws', `This run began on ${before}, and its calls would now go to AWS.`, {
        hint: 'Set AWS_ENDPOINT_URL to the simulated account, then resume the run. It cannot be continued on AWS.',
      });
}
