import type { IncomingHttpHeaders } from 'node:http';
import { type Channel, isSafe } from '../drill/notices.ts';
import { signedHeaders } from '../notices/webhook.ts';
import { NotDelivered, type Receipt } from '../ports/notices.ts';
import { withoutSecrets } from '../secrets.ts';
import { visible } from '../visible.ts';
import { networkTrouble, neverConnected } from './network-trouble.ts';
import type { Reaching, Sending } from './notice-sending.ts';
import { head, post } from './post.ts';

type HttpKind = Exclude<Channel['kind'], 'sns' | 'email'>;

/** Posts a notice to the service of its channel. */
export function postNotice(sending: Sending<HttpKind>): Promise<Receipt | undefined> {
  switch (sending.channel.kind) {
    case 'slack-webhook':
      return toSlackWebhook(sending as Sending<'slack-webhook'>);
    case 'slack-bot':
      return toSlackBot(sending as Sending<'slack-bot'>);
    case 'pagerduty':
      return toPagerDuty(sending as Sending<'pagerduty'>);
    case 'teams':
      return toTeams(sending as Sending<'teams'>);
    case 'webhook':
      return toWebhook(sending as Sending<'webhook'>);
  }
}

/** Reaches the service of a channel with its secret, and sends no message. */
export async function reachService({ channel, secret, signal }: Reaching<HttpKind>): Promise<undefined> {
  switch (channel.kind) {
    case 'slack-webhook':
      return reached('Slack', await secret(channel.webhook), signal);
    case 'slack-bot':
      return botIsKnown({ channel, secret, signal });
    case 'pagerduty':
      await secret(channel.routingKey);
      return reached('PagerDuty', channel.api, signal);
    case 'teams':
      return reached('Teams', await secret(channel.webhook), signal);
    case 'webhook':
      await secret(channel.secret);
      return reached(new URL(channel.url).host, channel.url, signal);
  }
}

/** Whatever the host answers, it is there. It is asked for its root: a webhook may take any request for a message. */
async function reached(who: string, url: string, signal: AbortSignal): Promise<undefined> {
  mustBeSafe(who, url);
  const asked = head(new URL('/', url).href, { headers: { 'user-agent': 'dr-drill' }, signal });
  await asked.catch((cause: unknown) => {
    throw new Error(unreachable(who, cause), { cause });
  });
}

/** Slack says to whom a token belongs, and what it may do, without a message. */
async function botIsKnown({ channel, secret, signal }: Reaching<'slack-bot'>): Promise<undefined> {
  const headers = { authorization: `Bearer ${await secret(channel.token)}` };
  const answer = await answered('Slack', `${channel.api}/auth.test`, {}, { signal, headers });
  mustBeTaken(answer.text);
  const scopes = answer.headers['x-oauth-scopes'];
  if (scopes !== undefined && !String(scopes).split(/,\s*/).includes('chat:write'))
    throw new Error('The token of Slack lacks the scope chat:write.');
  return undefined;
}

async function toSlackWebhook({ channel, message, secret, signal }: Sending<'slack-webhook'>): Promise<undefined> {
  await answered('Slack', await secret(channel.webhook), message, { signal });
  return undefined;
}

/** Slack answers 200 to what it refuses, too. The first message of a run is what the later ones are replies to. */
async function toSlackBot({
  channel,
  message,
  receipt,
  secret,
  signal,
}: Sending<'slack-bot'>): Promise<Receipt | undefined> {
  const { channel: place = channel.channel, ts } = receipt ?? {};
  const where = { channel: place, ...(ts !== undefined && { thread_ts: ts }) };
  const headers = { authorization: `Bearer ${await secret(channel.token)}` };
  const { text } = await answered(
    'Slack',
    `${channel.api}/chat.postMessage`,
    { ...where, ...message },
    { signal, headers },
  );
  const answer = mustBeTaken(text);
  return { channel: String(answer.channel), ts: String(answer.ts) };
}

/** What Slack answered, if it took what it was asked. */
function mustBeTaken(text: string): Record<string, unknown> {
  const answer = jsonIn(text);
  if (answer?.ok === true) return answer;
  const { error = 'an unknown response' } = answer ?? {};
  throw new NotDelivered(`Slack refused it: ${told(String(error))}.`, { passes: PASSING_AT_SLACK.has(String(error)) });
}

const PASSING_AT_SLACK = new Set([
  'ratelimited',
  'rate_limited',
  'service_unavailable',
  'internal_error',
  'fatal_error',
]);

async function toPagerDuty({ channel, message, secret, signal }: Sending<'pagerduty'>): Promise<undefined> {
  const body = { routing_key: await secret(channel.routingKey), ...message };
  await answered('PagerDuty', `${channel.api}/enqueue`, body, { signal });
  return undefined;
}

/** A connector of Teams answers 200 also where Teams itself refused. */
async function toTeams({ channel, message, secret, signal }: Sending<'teams'>): Promise<undefined> {
  const { text } = await answered('Teams', await secret(channel.webhook), message, { signal });
  if (!/message delivery failed/i.test(text)) return undefined;
  throw new NotDelivered(`Teams refused it: ${told(text)}`, { passes: /\b429\b/.test(text) });
}

async function toWebhook({ channel, message, id, secret, clock, signal }: Sending<'webhook'>): Promise<undefined> {
  const headers = signedHeaders(id, JSON.stringify(message), await secret(channel.secret), clock.wallMs());
  await answered(new URL(channel.url).host, channel.url, message, { signal, headers });
  return undefined;
}

/** A 2xx answer. Anything else is an error that says whether the message may have arrived. */
async function answered(
  who: string,
  url: string,
  message: object,
  { signal, headers = {} }: { signal: AbortSignal; headers?: Record<string, string> },
): Promise<{ text: string; headers: IncomingHttpHeaders }> {
  mustBeSafe(who, url);
  const body = Buffer.from(JSON.stringify(message));
  const answer = await post(url, {
    headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'dr-drill', ...headers },
    body,
    signal,
  }).catch((cause: unknown) => {
    const text = unreachable(who, cause);
    throw neverConnected(cause) ? new NotDelivered(text, { passes: true, cause }) : new Error(text, { cause });
  });
  const { status } = answer;
  const text = Buffer.from(answer.body).toString('utf8');
  if (status >= 200 && status < 300) return { text, headers: answer.headers };
  const why = `${who} answered with status ${status}: ${told(text)}`;
  // What stands before the service may have passed it on.
  if (status >= 500 && status !== 503) throw new Error(why);
  const passes = status === 429 || status === 503;
  throw new NotDelivered(why, { passes, afterMs: secondsIn(answer.headers['retry-after']) });
}

function mustBeSafe(who: string, url: string): void {
  if (URL.canParse(url) && isSafe(url)) return;
  throw new NotDelivered(`The address of ${who} must be an https URL: correct the secret that contains it.`, {
    passes: false,
  });
}

function unreachable(who: string, cause: unknown): string {
  const { what, hint } = networkTrouble(cause) ?? { what: (cause as Error).message, hint: '' };
  return `${who} cannot be reached: ${what}. ${hint}`.trim();
}

const secondsIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : undefined;

function jsonIn(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What a service answered, for a person: short, and without what it should not have repeated. */
const told = (text: string): string =>
  withoutSecrets(visible(text.slice(0, 300)))
    .replace(/\s+/g, ' ')
    .trim();
