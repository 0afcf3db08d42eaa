import fc from 'fast-check';
import { expect, test } from 'vitest';
import { peopleSchema } from '../../src/drill/people.ts';
import { hears, messageFor } from '../../src/notices/channels.ts';
import { exampleDrill, exampleNotices } from '../../src/notices/examples.ts';
import type { Notice } from '../../src/notices/notice.ts';
import { shipped } from '../run/drill.ts';
import { channelsFrom, everyChannel, withChannels } from './channels.ts';

const { drill, topology } = shipped('multi-region-failover');
const kept = { folder: 'runs/2026-01-05T01-00-00Z-multi-region-failover', host: 'ops-1' };
const examples = exampleNotices(drill, withChannels(topology, everyChannel()), kept);
const example = (about: Notice['about']) => examples.find((one) => one.about === about) as Notice;

/** What others may have written into a message: long, and with characters that services read as their own. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constantFrom('\\', '"', '🔴', '<!channel>', '`', '漢', '[x](https://example.com)').map((one) => one.repeat(4_000)),
);
const anyNotice = fc
  .record({
    says: text,
    facts: fc.array(fc.record({ name: fc.constant('Next step'), text }), { maxLength: 30 }),
    mark: text,
  })
  .map(({ says, facts, mark }): Notice => ({ ...example('failure'), says, facts, subject: { id: mark, mark } }));

const withKeys = (people: Record<string, object>) =>
  Object.fromEntries(Object.entries(people).map(([id, one], at) => [id, { ...one, key: String(at).repeat(64) }]));

const sizeOf = (message: object) => Buffer.byteLength(JSON.stringify(message));

test('a failure says what, where, how much of the RTO is left, what comes next, and where the run is', () => {
  const { says, facts, subject } = example('failure');
  expect(subject.mark).toBe('DRILL multi-region-failover');
  expect(says).toBe('Promote the replica: The replica is not available.');
  expect(facts.map(({ name, text: words }) => `${name}: ${words}`)).toEqual([
    'Step: take-over',
    'Next step: The drill undoes its changes. If one of them cannot be undone, it stops and a person decides.',
    expect.stringMatching(/^RTO budget: .* of 5 min left$/),
    'Where: ecommerce-pair, account 111122223333, ap-east-2 to ap-northeast-1',
    `Run: ${kept.folder} on ops-1`,
  ]);
});

test('a decision says who is asked, until when, and the command that answers', () => {
  const { says, role, facts } = example('decision-wanted');
  expect([says, role]).toEqual([
    'Fail over to the recovery region? Asked of: incident commander',
    'incident commander',
  ]);
  expect(facts).toContainEqual({
    name: 'Next step',
    text: `dr-drill approve ${kept.folder} --role 'incident commander'`,
    isCode: true,
  });
});

test('a channel hears of what it is there for: of events by name, of decisions by role', () => {
  const { team, lead, pager } = channelsFrom({
    team: { ...everyChannel().incidents, hears: ['start', 'end'] },
    lead: { ...everyChannel().mail, roles: ['team lead'] },
    pager: everyChannel().pager,
  });
  const heard = (channel: typeof team) =>
    examples.filter((one) => channel && hears(channel, one)).map(({ about }) => about);
  expect(heard(team)).toEqual(['start', 'end']);
  expect(heard(lead)).toEqual(['start', 'decided', 'failure', 'held', 'end']);
  expect(heard(pager)).toEqual(['decision-wanted', 'decided', 'failure', 'held', 'end']);
});

test('only a topology is needed for examples', () => {
  expect(exampleNotices(exampleDrill('x'), topology, kept).map(({ about }) => about)).toEqual([
    'start',
    'decision-wanted',
    'decided',
    'failure',
    'held',
    'end',
  ]);
});

test('PagerDuty has one incident for a run, which people acknowledge and its end resolves', () => {
  const passed = { ...example('end'), urgent: false };
  const events = [example('failure'), example('decided'), passed].map((one) => messageFor('pagerduty', one));
  expect(events.map(({ event_action }) => event_action)).toEqual(['trigger', 'acknowledge', 'resolve']);
  expect(new Set(events.map(({ dedup_key }) => dedup_key)).size).toBe(1);
  // What is held waits for a person: the incident stays open.
  expect(messageFor('pagerduty', example('end')).event_action).toBe('trigger');
});

test('all mails of a run are one conversation, and no two of them the same mail', () => {
  const mails = examples.map((one) => messageFor('email', one));
  expect(new Set(mails.map(({ inReplyTo }) => inReplyTo)).size).toBe(1);
  expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(mails.length);
});

test('nothing in a text mentions people in Slack or is a link there', () => {
  const { blocks } = messageFor('slack-webhook', {
    ...example('failure'),
    says: '<!channel> <https://evil.example|x> & more',
  });
  expect(JSON.stringify(blocks)).toContain('&lt;!channel&gt; &lt;https://evil.example|x&gt; &amp; more');
});

test('who is asked is contacted in person: by a mail of their own, a mention, and for the others by how they are reached', () => {
  const people = {
    ann: { name: 'Ann Lee', roles: ['incident commander'], contacts: { email: 'ann@example.org', slack: 'U024BE7LH' } },
    bob: {
      name: 'Bob Ray',
      roles: ['team lead', 'incident commander'],
      contacts: { phone: '+49 30 1', slack: '@bob' },
    },
    eve: { name: 'Eve Day', roles: ['CTO'], contacts: { email: 'eve@example.org' } },
  };
  const named = { ...withChannels(topology, everyChannel()), people: peopleSchema.parse(withKeys(people)) };
  const wanted = exampleNotices(drill, named, kept).find(({ about }) => about === 'decision-wanted') as Notice;
  expect(messageFor('email', wanted).alsoTo).toEqual(['ann@example.org']);
  expect(messageFor('email', wanted).text).toContain('Bob Ray, phone +49 30 1, slack @bob');
  expect(messageFor('email', wanted).text).not.toContain('Eve');
  const slack = JSON.stringify(messageFor('slack-bot', wanted).blocks);
  expect(slack).toContain('"text":"<@U024BE7LH>"');
  expect(messageFor('email', example('failure')).alsoTo).toEqual([]);
});

test('whatever a message says, each service takes it by its published limits', () => {
  fc.assert(
    fc.property(anyNotice, (notice) => {
      const slack = messageFor('slack-webhook', notice);
      expect(slack.blocks.length).toBeLessThanOrEqual(50);
      for (const block of slack.blocks)
        if ('text' in block) expect(block.text.text.length).toBeLessThanOrEqual(block.type === 'header' ? 150 : 3_000);

      const pager = messageFor('pagerduty', notice);
      expect(pager).toMatchObject({ event_action: 'trigger', payload: { severity: 'critical', source: 'dr-drill' } });
      expect(pager.dedup_key.length).toBeLessThanOrEqual(255);
      if ('payload' in pager) expect(pager.payload.summary.length).toBeLessThanOrEqual(1_024);
      expect(sizeOf(pager)).toBeLessThanOrEqual(512 * 1024);

      expect(sizeOf(messageFor('teams', notice))).toBeLessThanOrEqual(28 * 1024);

      const { Subject, Message } = messageFor('sns', notice);
      expect(Subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,99}$/);
      expect(Buffer.byteLength(Message)).toBeLessThanOrEqual(256 * 1024);

      expect(messageFor('email', notice).subject).not.toMatch(/[\r\n]/);
    }),
    { numRuns: 300 },
  );
});
