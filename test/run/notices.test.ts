import { expect, test } from 'vitest';
import type { Entry, EventOf } from '../../src/journal/events.ts';
import { NotDelivered } from '../../src/ports/notices.ts';
import { formatNames } from '../../src/report/format-names.ts';
import { written } from '../../src/report/formats.ts';
import { reportOf } from '../../src/report/model.ts';
import { scratch } from '../drill/files.ts';
import { everyChannel, topologyFile, withChannels } from '../notices/channels.ts';
import { FAILOVER, finished, rehearsed, shipped } from './drill.ts';
import { killedAndResumed } from './killed.ts';

const { path: folder } = scratch();
const ASKING = 'approval={ roles: [on-call, team lead], each: 1 min }';

const told = (notices: readonly EventOf<'notice'>[], channel: string) =>
  notices.filter((one) => one.channel === channel).map(({ about, state }) => `${about} ${state}`);

test('a dry run sends nothing, and its journal and every report say what it would have sent', async () => {
  const { drill, topology } = shipped(FAILOVER, [ASKING]);
  const run = await rehearsed({ drill, topology: withChannels(topology, everyChannel()) });
  expect(run.outcome).toBe('passed');
  expect(told(run.of('notice'), 'incidents')).toEqual([
    'start not-sent',
    'decision-wanted not-sent',
    'decided not-sent',
    'end not-sent',
  ]);
  expect(run.entries.at(-1)?.type).toBe('run-ended');
  const report = reportOf(run.entries, { journalHash: 'a1b2c3d4'.repeat(8) });
  expect(report.notices).toHaveLength(run.of('notice').length);
  const files = await written(report, ['html', 'md', 'json', 'csv', 'junit', 'oscal']);
  for (const [name, bytes] of files)
    expect(Buffer.from(bytes).toString(), name).toContain('Passed: every target was met');
  expect(formatNames).toHaveLength(files.size + 1);
});

test('a topology without channels tells nobody, and its journal has no line of it', async () => {
  const run = await finished(FAILOVER);
  expect(run.of('notice')).toEqual([]);
});

test('a failed step is told with what to do, and what is held with whom it waits for', async () => {
  const { drill, topology } = shipped(FAILOVER, ['deadlines.verify=1 s']);
  const run = await rehearsed({ drill, topology: withChannels(topology, everyChannel()) });
  expect(run.outcome).toBe('failed');
  const kinds = run.of('notice').filter(({ channel }) => channel === 'pager');
  expect(kinds.map(({ about }) => about)).toEqual(expect.arrayContaining(['failure', 'held', 'end']));
  expect(kinds.find(({ about }) => about === 'held')?.says).toMatch(
    /^DRILL multi-region-failover, dry run: Held, and not undone: Promote /,
  );
});

test('an unannounced drill tells nobody that it begins, and nothing before it has begun', async () => {
  const { drill, topology } = shipped('surprise');
  const whole = withChannels(topology, everyChannel());
  const notices = { ...whole.notices, region: 'recovery' as const, commander: topology.notices?.commander };
  const run = await rehearsed({ drill, topology: { ...topology, notices } });
  const [first] = run.of('notice');
  const [revealed] = run.of('draw-revealed');
  expect(first?.seq).toBeGreaterThan(revealed?.seq ?? 0);
  expect(run.of('notice').map(({ about }) => about)).not.toContain('start');
});

/** A service that notes what reached it. */
function service(answer: (nth: number) => Error | undefined = () => undefined) {
  const received: string[] = [];
  let calls = 0;
  return {
    received,
    calls: () => calls,
    async send({ channel, message }: { channel: { kind: string }; message: object }) {
      calls += 1;
      const error = answer(calls);
      if (error) throw error;
      const { event_action = '' } = message as { event_action?: string };
      received.push(`${channel.kind} ${event_action}`.trim());
      return channel.kind === 'slack-bot' ? { channel: 'C1', ts: '1.2' } : undefined;
    },
  };
}

const onlySlack = { incidents: everyChannel().incidents };
const on = (channels: object) => [ASKING, 'targets.rto=1 h', `topology=${topologyFile(folder, channels)}`];

test('what a service refuses for now is sent again with growing pauses, and then has arrived once', async () => {
  const busy = service((nth) => (nth <= 2 ? new NotDelivered('busy', { passes: true }) : undefined));
  const run = await killedAndResumed(FAILOVER, { after: [], overrides: on(onlySlack), send: busy.send });
  const first = run.of('notice').filter(({ about }) => about === 'start');
  expect(first.map(({ state, attempt, nextMs }) => [state, attempt, nextMs])).toEqual([
    ['sending', 1, undefined],
    ['failed', 1, 1_000],
    ['sending', 2, undefined],
    ['failed', 2, 2_000],
    ['sending', 3, undefined],
    ['sent', 3, undefined],
  ]);
  expect(busy.received).toHaveLength(4);
});

test('a message that may have arrived is not sent again, unless a repetition is safe', async () => {
  const channels = { incidents: everyChannel().incidents, pager: everyChannel().pager };
  const silent = service(() => new Error('no answer'));
  const run = await killedAndResumed(FAILOVER, { after: [], overrides: on(channels), send: silent.send });
  expect(run.outcome).toBe('passed');
  expect(told(run.of('notice'), 'incidents').filter((one) => one.startsWith('start'))).toEqual([
    'start sending',
    'start unknown',
  ]);
  expect(told(run.of('notice'), 'pager').filter((one) => one === 'decision-wanted sending').length).toBeGreaterThan(1);
});

test('a channel that never answers delays the end by half a minute at most, and every figure stays', async () => {
  const never = () => new Promise<never>(() => {});
  const run = await killedAndResumed(FAILOVER, { after: [], overrides: on(onlySlack), send: never });
  const quiet = await killedAndResumed(FAILOVER, { after: [], overrides: on(onlySlack) });
  const last = (entries: typeof run.entries) => entries.at(-1)?.ms ?? 0;
  expect(last(run.entries) - last(quiet.entries)).toBeLessThanOrEqual(30_000);
  const of = (entries: typeof run.entries) => reportOf(entries, { journalHash: '' }).recovery.total;
  expect(of(run.entries)).toEqual(of(quiet.entries));
  // Nothing is left open.
  expect(told(run.of('notice'), 'incidents').at(-1)).toBe('end failed');
});

/** Every line of the journal with TORTURE=all, as `npm run torture` has it; otherwise those about messages and what they tell. */
const isTried = ({ type }: Entry): boolean =>
  process.env.TORTURE === 'all' || ['run-started', 'approval-asked', 'answered', 'notice', 'judged'].includes(type);

test('killed after any line and taken up again, each is sent once, or once at most where nobody can know', async () => {
  const channels = { incidents: everyChannel().incidents, pager: everyChannel().pager };
  const overrides = on(channels);
  const whole = service();
  const unbroken = await killedAndResumed(FAILOVER, { after: [], overrides, send: whole.send });
  const lines = unbroken.entries
    .slice(0, -1)
    .filter(isTried)
    .map(({ seq }) => seq);
  expect(lines.length).toBeGreaterThan(15);
  for (const line of lines) {
    const { received, send } = service();
    const run = await killedAndResumed(FAILOVER, { after: [line], overrides, send });
    expect(run.outcome).toBe('passed');
    const killedAt = unbroken.entries[line - 1];
    const isLost = killedAt?.type === 'notice' && killedAt.state === 'sending' && killedAt.channel === 'incidents';
    // A person who was asked before may be asked again: the journal says how many messages there were.
    for (const [channel, kind] of [
      ['incidents', 'slack-webhook'],
      ['pager', 'pagerduty'],
    ] as const) {
      const lines = run.of('notice').filter((one) => one.channel === channel);
      const messages = new Set(lines.map(({ about, of }) => `${about} ${of}`));
      const arrived = received.filter((one) => one.startsWith(kind)).length;
      // What had left with the process is repeated to PagerDuty alone, which adds it to the same incident.
      const most = messages.size + 1;
      const least = messages.size - (isLost && kind === 'slack-webhook' ? 1 : 0);
      expect(arrived, `${channel}, killed after line ${line}`).toBeGreaterThanOrEqual(least);
      expect(arrived, `${channel}, killed after line ${line}`).toBeLessThanOrEqual(kind === 'pagerduty' ? most : least);
      expect(messages.size).toBeGreaterThanOrEqual(3);
    }
    expect(received.filter((one) => one === 'pagerduty resolve').length).toBeGreaterThanOrEqual(1);
    const open = run.of('notice').filter(({ state }) => state === 'unknown');
    // One that had left with the process is not known to have arrived, and is not sent again.
    expect(open.every(({ channel }) => channel === 'incidents') && open.length <= 1).toBe(true);
    if (isLost) expect(open).toHaveLength(1);
  }
}, 1_800_000);

test('the screen of a run names the channel and what became of the message', async () => {
  const { narrator } = await import('../../src/cli/narrate.ts');
  const refusing = service(() => new NotDelivered('no_service', { passes: false }));
  const run = await killedAndResumed(FAILOVER, { after: [], overrides: on(onlySlack), send: refusing.send });
  const screen = run.entries.flatMap(narrator({ colour: false })).join('\n');
  expect(screen).toMatch(/! incidents could not be told: no_service/);
});
