import type { Channel } from '../drill/notices.ts';
import { mailOf } from './email.ts';
import type { Notice } from './notice.ts';
import { pagerDutyEvent } from './pagerduty.ts';
import { slackMessage } from './slack.ts';
import { snsMessage } from './sns.ts';
import { teamsMessage } from './teams.ts';
import { webhookEvent } from './webhook.ts';

/** How each kind of channel says it. Secrets are added where it is sent. */
const forms = {
  'slack-webhook': slackMessage,
  'slack-bot': slackMessage,
  pagerduty: pagerDutyEvent,
  sns: snsMessage,
  email: mailOf,
  teams: teamsMessage,
  webhook: webhookEvent,
} satisfies Record<Channel['kind'], (notice: Notice) => object>;

export type Message<K extends Channel['kind'] = Channel['kind']> = ReturnType<(typeof forms)[K]>;

export const messageFor = <K extends Channel['kind']>(kind: K, notice: Notice): Message<K> =>
  forms[kind](notice) as Message<K>;

/** A repetition is safe: PagerDuty adds it to the same incident, and the receiver of a webhook knows it by its ID. */
export const isRepeatable = ({ kind }: Channel): boolean => kind === 'pagerduty' || kind === 'webhook';

/** Whether a channel gets it. */
export function hears(channel: Channel, { about, role, urgent }: Notice): boolean {
  if (about === 'test') return true;
  if (about === 'decision-wanted' && role !== undefined && channel.roles && !channel.roles.includes(role)) return false;
  if (channel.kind !== 'pagerduty') return channel.hears.includes(about);
  // What it has opened it closes.
  if (about === 'decided' || about === 'end') return true;
  return urgent && channel.hears.some((one) => one === about);
}

/** Whether it says something only to those who have been told something before. */
export const isAnswer = ({ kind }: Channel, { about, urgent }: Notice): boolean =>
  kind === 'pagerduty' && !urgent && (about === 'decided' || about === 'end');
