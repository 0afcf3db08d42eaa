import { createHash, createHmac } from 'node:crypto';
import type { Notice } from './notice.ts';

/** The notice as it is, for a program. */
export const webhookEvent = ({ about, at, says, urgent, role, facts, subject, of }: Notice) => ({
  type: `dr-drill.${about}`,
  timestamp: at,
  data: {
    subject: subject.id,
    mark: subject.mark,
    says,
    urgent,
    ...(role !== undefined && { role }),
    ...(of !== undefined && { line: of }),
    facts: facts.map(({ name, text }) => ({ name, text })),
    ...(subject.link !== undefined && { link: subject.link }),
  },
});

/** The same for each attempt at one message: anyone who has seen it knows a repetition by it. */
export const messageId = ({ key, subject }: Notice, channel: string): string =>
  `msg_${createHash('sha256')
    .update(JSON.stringify([channel, subject.id, key]))
    .digest('hex')
    .slice(0, 32)}`;

/**
 * The headers of Standard Webhooks (standardwebhooks.com): the receiver computes the signature over `<id>.<timestamp>.<body>` and refuses a
 * time stamp that is minutes old.
 * @param secret Base64 behind `whsec_`, or any text
 */
export function signedHeaders(id: string, body: string, secret: string, nowMs: number): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
