import * as z from 'zod';
import { componentName, side, text } from '../components/described.ts';
import { topicName } from './names.ts';
import { type SecretReference, secretReference } from './secret-reference.ts';

/** The events that people are told about. */
export const noticeKinds = [
  'start',
  'failure',
  'decision-wanted',
  'decided',
  'held',
  'end',
  'overdue',
  'announced',
] as const;

export type NoticeKind = (typeof noticeKinds)[number];

/** What a person must act on: all that pages someone. */
const urgentKinds = ['failure', 'decision-wanted', 'held', 'overdue'] as const satisfies readonly NoticeKind[];

const common = {
  hears: z
    .array(z.enum(noticeKinds))
    .min(1)
    .default([...noticeKinds])
    .describe('The events that it is told about. Default: all.'),
  roles: z
    .array(text)
    .min(1)
    .optional()
    .describe('Only decisions that these roles are asked for. Default: those of every role.'),
};

/** Plain HTTP would show what is sent, and its secret, to everyone on the way. */
const address = z
  .url({ protocol: /^https?$/ })
  .refine(isSafe, 'expected https://, or http:// to this machine itself')
  .describe('An https address.');

export function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || isThisMachine(hostname);
}

const isThisMachine = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host);

const mailbox = z
  .string()
  .regex(/^[^\s@<>",;]+@[^\s@<>",;]+$/, 'expected an e-mail address alone, such as ops@example.org');

const channelSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('slack-webhook'),
    ...common,
    webhook: secretReference.describe('The URL of an incoming webhook. It cannot put messages into threads.'),
  }),
  z.strictObject({
    kind: z.literal('slack-bot'),
    ...common,
    token: secretReference.describe(
      'The token of a bot with the scope chat:write. All messages of a run are one thread.',
    ),
    channel: text.describe('The ID of the channel, such as C024BE91L; the bot must be in it.'),
    api: address.default('https://slack.com/api'),
  }),
  z.strictObject({
    kind: z.literal('pagerduty'),
    ...common,
    hears: z
      .array(z.enum(urgentKinds))
      .min(1)
      .default(['failure', 'decision-wanted', 'held'])
      .describe('What opens an incident. A decision acknowledges it, and the end of the run resolves it.'),
    routingKey: secretReference.describe('The integration key of an Events API v2 integration.'),
    api: address.default('https://events.pagerduty.com/v2'),
  }),
  z.strictObject({
    kind: z.literal('sns'),
    ...common,
    topic: topicName.describe('The name of a topic in the account of the topology.'),
    region: side.default('recovery'),
  }),
  z
    .strictObject({
      kind: z.literal('email'),
      ...common,
      host: text,
      port: z.int().min(1).max(65_535).default(587),
      tls: z
        .enum(['starttls', 'implicit', 'off'])
        .default('starttls')
        .describe(
          'starttls requires STARTTLS. implicit is for port 465. off is for a server on this machine or in its network.',
        ),
      login: z.strictObject({ user: text, password: secretReference }).optional(),
      from: mailbox,
      to: z.array(mailbox).min(1),
    })
    .refine(({ host, tls, login }) => !login || tls !== 'off' || isThisMachine(host), {
      path: ['tls'],
      error: 'a password is sent only over TLS, or to this machine itself: expected starttls or implicit',
    }),
  z.strictObject({
    kind: z.literal('teams'),
    ...common,
    webhook: secretReference.describe(
      'The URL of a workflow that posts to a channel when a webhook request is received.',
    ),
  }),
  z.strictObject({
    kind: z.literal('webhook'),
    ...common,
    url: address,
    secret: secretReference.describe(
      'Signs each request with its ID and time (HMAC-SHA256, as Standard Webhooks has it).',
    ),
  }),
]);

export type Channel = z.output<typeof channelSchema>;

/** The channels of a topology by their names. */
export const channelsOf = ({ notices }: { notices?: Notices | undefined }): [name: string, channel: Channel][] =>
  Object.entries(notices?.channels ?? {});

/** The secrets that a channel is used with. */
export function secretsOf(channel: Channel): SecretReference[] {
  switch (channel.kind) {
    case 'slack-webhook':
    case 'teams':
      return [channel.webhook];
    case 'slack-bot':
      return [channel.token];
    case 'pagerduty':
      return [channel.routingKey];
    case 'webhook':
      return [channel.secret];
    case 'email':
      return channel.login ? [channel.login.password] : [];
    case 'sns':
      return [];
  }
}

export const noticesSchema = z.strictObject({
  region: side.default('recovery').describe('The region of the topic of the commander.'),
  commander: z
    .strictObject({
      topic: topicName.describe('The name of an SNS topic that only this topology uses.'),
      endpoints: z
        .int()
        .positive()
        .default(1)
        .describe('How many confirmed subscriptions it must have: only those of the incident commander.'),
    })
    .optional()
    .describe('The topic that tells only the incident commander about a surprise drill.'),
  channels: z
    .record(componentName, channelSchema)
    .optional()
    .describe('Channels that report the progress of a live drill, by name.'),
  reports: address.optional().describe('Where run folders are published: messages link to <reports>/<run folder>.'),
});

type Notices = z.output<typeof noticesSchema>;
