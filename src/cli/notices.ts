import { hostname, userInfo } from 'node:os';
import pc from 'picocolors';
import { isoTime } from '../clock/clock.ts';
import { realClock } from '../clock/real-clock.ts';
import { DrillFileError } from '../drill/drill-file-error.ts';
import { loadDrill, loadTopology } from '../drill/load.ts';
import { type Channel, channelsOf } from '../drill/notices.ts';
import type { Topology } from '../drill/topology.ts';
import { validateFile } from '../drill/validate.ts';
import { DrillError, errorFacts } from '../errors.ts';
import { hears, messageFor } from '../notices/channels.ts';
import { exampleDrill, exampleNotices } from '../notices/examples.ts';
import type { Notice } from '../notices/notice.ts';
import { testIsOver, testNotice } from '../notices/trial.ts';
import { messageId } from '../notices/webhook.ts';
import { NotDelivered } from '../ports/notices.ts';
import { vocabularyWithoutModules } from '../runbook/vocabulary.ts';
import { exitCodes } from './exit-codes.ts';
import { announcedIn, announcementsIn, overdueIn } from './schedule-notices.ts';
import { dayFrom } from './standings.ts';
import type { Terminal } from './terminal.ts';

export interface NoticesCommandOptions {
  test?: string;
  overdue?: boolean;
  announce?: boolean;
  runs: string;
  at?: string;
  json?: boolean;
}

/** A message for a channel of a topology. */
interface Letter {
  topology: Topology;
  name: string;
  channel: Channel;
  notice: Notice;
  /** Writes down how far it has come. */
  note?: (state: string) => void;
}

/** Shows what each channel would be sent, or sends a test, or tells what of a schedule is overdue or begins within a week. */
export async function noticesCommand(
  path: string,
  options: NoticesCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const { kind, mistakes } = validateFile(path, { vocabulary: vocabularyWithoutModules });
  if (mistakes.length > 0) throw new DrillFileError(path, mistakes);
  mustFit(kind, options);
  if (kind === 'schedule') {
    const letters = lettersOf(path, options);
    return options.overdue || options.announce ? send(letters, options, terminal) : show(letters, options, terminal);
  }
  const { drill, topology } =
    kind === 'drill'
      ? loadDrill(path, { vocabulary: vocabularyWithoutModules })
      : { drill: exampleDrill(path), topology: loadTopology(path) };
  if (options.test !== undefined) return send(testOf(options.test, topology), options, terminal);
  const kept = { folder: 'runs/<run>', host: hostname() };
  const notices = exampleNotices(drill, topology, kept);
  return show(lettersFor(topology, notices), options, terminal);
}

function mustFit(kind: string, { test, overdue, announce }: NoticesCommandOptions): void {
  if (overdue && announce)
    throw new DrillError('usage', '--overdue and --announce are two messages.', { hint: 'Give one, then the other.' });
  if (test !== undefined && kind === 'schedule')
    throw new DrillError('usage', '--test takes a drill or a topology file.', {
      hint: 'Name a drill of the schedule, such as: dr-drill notices drills/multi-region-failover.yaml --test <channel>',
    });
  const option = overdue ? '--overdue' : announce ? '--announce' : undefined;
  if (option !== undefined && kind !== 'schedule')
    throw new DrillError('usage', `${option} takes a schedule file.`, {
      hint: `Such as: dr-drill notices drills/schedules/ecommerce-platform.yaml ${option}`,
    });
}

const lettersFor = (topology: Topology, notices: readonly Notice[]): Letter[] =>
  channelsOf(topology).flatMap(([name, channel]) =>
    notices.filter((notice) => hears(channel, notice)).map((notice) => ({ topology, name, channel, notice })),
  );

/** What a schedule gives cause to tell; an announcement goes over each channel once. */
function lettersOf(path: string, { runs, at, announce }: NoticesCommandOptions): Letter[] {
  const nowMs = dayFrom(at);
  if (!announce) return overdueIn(path, runs, nowMs).flatMap(({ topology, notice }) => lettersFor(topology, [notice]));
  const announced = announcedIn(runs);
  return announcementsIn(path, runs, nowMs).flatMap(({ topology, notice }) =>
    lettersFor(topology, [notice])
      .filter(({ name }) => !announced.isTold(notice.key, name))
      .map((letter) => ({
        ...letter,
        note: (state) => announced.note(notice.key, letter.name, state, isoTime(realClock().wallMs())),
      })),
  );
}

function testOf(name: string, topology: Topology): Letter[] {
  const found = channelsOf(topology).find(([one]) => one === name);
  if (!found) {
    const names = channelsOf(topology).map(([one]) => one);
    throw new DrillError('channel-missing', `The topology ${topology.topology} has no channel ${name}.`, {
      hint: names.length === 0 ? NO_CHANNELS : `Its channels are: ${names.join(', ')}.`,
    });
  }
  const [, channel] = found;
  const sender = `${userInfo().username} on ${hostname()}`;
  const notice = testNotice({ channel: name, sender, at: isoTime(realClock().wallMs()) });
  const letter = { topology, name, channel, notice };
  return channel.kind === 'pagerduty' ? [letter, { ...letter, notice: testIsOver(notice) }] : [letter];
}

const NO_CHANNELS = 'Add channels under notices in the topology file: see docs/src/content/docs/how-to/notices.md.';

/** Prints what would be sent, as the services take it, but for secrets. */
function show(letters: readonly Letter[], { json }: NoticesCommandOptions, terminal: Terminal): number {
  const messages = letters.map(({ name, channel, notice }) => ({
    channel: name,
    kind: channel.kind,
    about: notice.about,
    message: messageFor(channel.kind, notice),
  }));
  if (json) {
    terminal.asIs(`${JSON.stringify(messages, null, 2)}\n`);
    return exitCodes.passed;
  }
  const { bold, dim } = pc.createColors(terminal.colour);
  if (messages.length === 0) terminal.out(`No message would be sent. ${NO_CHANNELS}\n`);
  for (const { channel, kind, about, message } of messages) {
    terminal.out(`${bold(`${channel}, ${kind}`)}  ${about}\n`);
    terminal.asIs(`${dim(JSON.stringify(message, null, 2).replace(/^/gm, '  '))}\n`);
  }
  return exitCodes.passed;
}

/** Sends each message once. Gives 1 where one of them did not arrive, or may not have. */
async function send(letters: readonly Letter[], { json }: NoticesCommandOptions, terminal: Terminal): Promise<number> {
  const { noticeSender } = await import('../live/notices.ts');
  const clock = realClock();
  const results: { channel: string; about: string; says: string; state: string; error?: string }[] = [];
  for (const { topology, name, channel, notice, note } of letters) {
    const sender = noticeSender({ topology, clock, aws: () => awsOf(topology) });
    const message = messageFor(channel.kind, notice);
    const told = { channel: name, about: notice.about, says: notice.says };
    try {
      const { signal } = new AbortController();
      note?.('sending');
      await sender({ channel, message, id: messageId(notice, name), receipt: undefined }, signal);
      note?.('sent');
      results.push({ ...told, state: 'sent' });
    } catch (error) {
      const state = error instanceof NotDelivered ? 'failed' : 'unknown';
      note?.(state);
      results.push({ ...told, state, error: errorFacts(error).message });
    }
  }
  if (json) terminal.asIs(`${JSON.stringify(results, null, 2)}\n`);
  else tellResults(results, terminal);
  return results.every(({ state }) => state === 'sent') ? exitCodes.passed : exitCodes['target-missed'];
}

function tellResults(
  results: readonly { channel: string; says: string; state: string; error?: string }[],
  terminal: Terminal,
): void {
  const { green, red } = pc.createColors(terminal.colour);
  if (results.length === 0) terminal.out('Nothing was sent: every channel has all messages.\n');
  for (const { channel, says, state, error } of results) {
    if (state === 'sent') terminal.out(`${green('✔')} ${channel}: ${says}\n`);
    else terminal.err(`${red('✘')} ${channel}: ${state === 'failed' ? 'not sent' : 'it may have arrived'}: ${error}\n`);
  }
}

/** The account is connected to only where a channel needs it, and must be the topology's. */
async function awsOf(topology: Topology) {
  const { connect } = await import('./live-account.ts');
  const { gatewayForNotices } = await import('./live-notices.ts');
  return gatewayForNotices(topology, await connect({ topology }));
}
