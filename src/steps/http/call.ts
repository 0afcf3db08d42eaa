import { isIP } from 'node:net';
import * as z from 'zod';
import { duration } from '../../drill/quantities.ts';
import { DrillError, isPassing, UnknownOutcome } from '../../errors.ts';
import type { DnsAnswer, HttpAnswer } from '../../ports/network.ts';
import { mustNotRepeat } from '../asked-before.ts';
import { given } from '../given.ts';
import { patiently } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';

const request = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  url: z.string().regex(/^(https?:\/\/|\$\{)/, 'expected a URL, such as https://shop.example.com/health'),
  body: z.string().optional().describe('The body, as JSON.'),
});
type Request = z.output<typeof request>;

const expected = z.strictObject({
  status: z.array(z.int().min(100).max(599)).min(1).optional().describe('Default: 200 to 299.'),
  body: z.string().min(1).optional().describe('What the answer must contain.'),
});

const params = request.extend({
  expect: expected,
  timeoutMs: z.number(),
  repeatable: z.boolean(),
  keep: z.int(),
  undo: request.optional(),
});
type Params = z.output<typeof params>;

/**
 * Sends one HTTP request. A GET looks, and what it finds decides the verdict. Any other changes something: it must be answered as is
 * expected, and the drill file says what takes it back.
 */
export const callHttp = defineStep<Params, { status: number; body: string }>({
  kind: 'http.call',
  params,
  given: given(
    request
      .extend({
        method: request.shape.method.default('GET'),
        expect: expected.default({}).describe('What the answer must be.'),
        timeout: duration.default(10_000),
        repeatable: z.boolean().default(false).describe('true: the request can safely be sent twice.'),
        keep: z
          .int()
          .min(0)
          .max(10_000)
          .default(0)
          .describe('How many characters of the response body the journal keeps, for later steps to refer to.'),
        undo: z
          .union([z.literal('nothing'), request])
          .optional()
          .describe("How to undo it: another request, or 'nothing'. Required unless it is a GET."),
      })
      .refine(({ method, undo }) => method === 'GET' || undo !== undefined, {
        path: ['undo'],
        message: "expected what takes it back: a request, or 'nothing'",
      }),
    ({ timeout, undo, ...asked }) => ({
      ...asked,
      timeoutMs: timeout,
      ...(undo !== undefined && undo !== 'nothing' && { undo }),
    }),
  ),
  needs: () => [],
  plane: 'data',
  title: ({ method, url }) => `${method} ${url}`,
  calls: [],
  permissions: () => [],
  command: (asked) => curl(asked),
  doneWhen: () => 'The answer has the status that the drill file expects.',
  usuallyMs: () => 500,
  // A GET needs no asking for: it is the look itself.
  observe: async ({ method }) => ({ done: method === 'GET', state: null }),

  async apply(asked, context) {
    if (!asked.repeatable) mustNotRepeat(`${asked.method} ${asked.url}`, context);
    const { status, body } = await changed(asked, asked, context);
    const wrong = whyUnexpected({ status, body }, asked.expect);
    if (wrong !== undefined) throw new DrillError('answered-otherwise', `${asked.method} ${asked.url}: ${wrong}.`);
    return { status, body: body.slice(0, asked.keep) };
  },

  async settle(asked, context, _, receipt) {
    if (asked.method !== 'GET') return (receipt ?? { status: 0, body: '' }) as { status: number; body: string };
    const note = (ok: boolean, detail: string) =>
      context.record({ type: 'check', check: context.step, layer: 'verification', critical: true, ok, detail });
    try {
      const { status, body, latencyMs } = await looked(asked, context);
      const wrong = whyUnexpected({ status, body }, asked.expect);
      note(wrong === undefined, `${asked.url}: ${wrong ?? `status ${status} in ${latencyMs} ms`}`);
      return { status, body: body.slice(0, asked.keep) };
    } catch (error) {
      context.signal.throwIfAborted();
      note(false, `${asked.url}: ${(error as Error).message}`);
      return { status: 0, body: '' };
    }
  },

  async undo({ undo, timeoutMs }, context) {
    if (!undo) return;
    const { status } = await changed(undo, { timeoutMs, expect: {} }, context);
    if (status < 200 || status > 299)
      throw Object.assign(new Error(`${undo.method} ${undo.url}: status ${status}.`), { name: 'AnsweredOtherwise' });
  },
  undoCommand: ({ undo }) => (undo ? curl(undo) : '# nothing to undo'),
});

/** So long is a look repeated that nobody answers: a lost packet is no outage. */
const PATIENCE_MS = 60_000;

/** A look: repeated where nobody gives a valid answer, for a minute. */
async function looked(asked: Params, context: StepContext): Promise<HttpAnswer> {
  const endMs = context.clock.nowMs() + PATIENCE_MS;
  for (;;) {
    try {
      return await sent(asked, asked.timeoutMs, context);
    } catch (error) {
      context.signal.throwIfAborted();
      if (!isPassing(error) || context.clock.nowMs() >= endMs) throw error;
    }
    await context.clock.sleep(AGAIN_AFTER_MS, context.signal);
  }
}

const AGAIN_AFTER_MS = 2_000;

/**
 * A change: repeated while it certainly was not made. Whether a request that left without an answer, or was answered with a fault of the server,
 * was carried out is unknown.
 */
const changed = (
  request: Request,
  { timeoutMs, expect }: Pick<Params, 'timeoutMs' | 'expect'>,
  context: StepContext,
): Promise<HttpAnswer> =>
  patiently(context, async () => {
    const what = `${request.method} ${request.url}`;
    try {
      const answer = await sent(request, timeoutMs, context);
      const { status } = answer;
      if (expect.status?.includes(status)) return answer;
      if (status === 429) throw named('Throttled', `${what}: status ${status}.`);
      if (status >= 500) throw new UnknownOutcome(what, named('Unavailable', `status ${status}`));
      return answer;
    } catch (error) {
      context.signal.throwIfAborted();
      throw (error as { sent?: boolean }).sent === true ? new UnknownOutcome(what, error) : error;
    }
  });

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

async function sent({ method, url, body }: Request, timeoutMs: number, context: StepContext): Promise<HttpAnswer> {
  const { http, signal } = context;
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const address = isIP(host) ? host : (await resolved(host, context)).addresses[0];
  if (address === undefined) throw new DrillError('host-unknown', `${host} has no address.`);
  return http.request({ method, url, address, timeoutMs, ...(body !== undefined && { body }) }, signal);
}

/** That there is no such name is believed when a second look says the same. */
async function resolved(host: string, { dns, clock, signal }: StepContext): Promise<DnsAnswer> {
  try {
    return await dns.resolve(host, signal);
  } catch (error) {
    if ((error as Error).name !== 'NotFound') throw error;
    await clock.sleep(AGAIN_AFTER_MS, signal);
    return dns.resolve(host, signal);
  }
}

function whyUnexpected({ status, body }: { status: number; body: string }, wanted: z.output<typeof expected>) {
  const known = wanted.status ? wanted.status.includes(status) : status >= 200 && status < 300;
  if (!known) return `status ${status}`;
  if (wanted.body !== undefined && !body.includes(wanted.body)) return 'another body';
  return undefined;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function curl({ method, url, body }: Request): string {
  const sending = body === undefined ? '' : ` -H 'content-type: application/json' -d ${quoted(body)}`;
  return `curl --fail -sS -X ${method}${sending} ${quoted(url)}`;
}
