import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type Channel, noticesSchema } from '../../src/drill/notices.ts';
import type { Topology } from '../../src/drill/topology.ts';

const secret = (variable: string) => ({ from: 'environment', variable });

/** A channel of each kind, at services on this machine. */
export const everyChannel = (http = 'http://127.0.0.1:1', smtpPort = 1025) => ({
  incidents: { kind: 'slack-webhook', webhook: secret('TEST_SLACK_URL') },
  threads: { kind: 'slack-bot', token: secret('TEST_SLACK_TOKEN'), channel: 'C024BE91L', api: `${http}/slack` },
  pager: { kind: 'pagerduty', routingKey: secret('TEST_ROUTING_KEY'), api: `${http}/pagerduty` },
  topic: { kind: 'sns', topic: 'drill-notices' },
  mail: {
    kind: 'email',
    host: '127.0.0.1',
    port: smtpPort,
    tls: 'off',
    from: 'drills@example.org',
    to: ['ops@example.org'],
  },
  teams: { kind: 'teams', webhook: secret('TEST_TEAMS_URL') },
  program: { kind: 'webhook', url: `${http}/hook`, secret: secret('TEST_HOOK_SECRET') },
});

/** As a topology file that was read has them. */
export const channelsFrom = (channels: object): Record<string, Channel> =>
  z.object({ notices: noticesSchema }).parse({ notices: { channels } }).notices.channels ?? {};

export const withChannels = (topology: Topology, channels: object): Topology => ({
  ...topology,
  notices: noticesSchema.parse({ channels }),
});

/** The file of a topology with channels, in a folder of its own. */
export function topologyFile(folder: string, channels: object, from = 'test/platforms/pair.yaml'): string {
  const text = readFileSync(from, 'utf8').replace(/^notices:\n(?: .*\n)*/m, '');
  const path = join(folder, `${Object.keys(channels).join('-')}.yaml`);
  writeFileSync(path, `${text}\nnotices:\n  channels: ${JSON.stringify(channels)}\n`);
  return path;
}
