import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { fingerprintOf } from '../../src/evidence/signing-key.ts';
import type { Entry } from '../../src/journal/events.ts';
import { openChromium } from '../browser/chromium.ts';
import { plain, receiver, rootOf } from '../telemetry/receiver.ts';
import { drDrill, onlyRun } from './command.ts';
import { type Lab, startLab } from './lab.ts';

let isBroken = true;
let lab: Lab;
beforeAll(async () => {
  lab = await startLab({
    speed: 40,
    replicationDelayMs: 300,
    kubernetesTrouble: ({ method, pathname }) =>
      isBroken && method !== 'GET' && /\/deployments\/[^/]+$/.test(pathname)
        ? { code: 403, reason: 'Forbidden', message: 'deployments.apps is forbidden: a policy denies the change' }
        : undefined,
  });
});
afterAll(() => lab?.close());

/** Services that people are told by: Slack's webhook and a signed one over HTTP, and a mail server. */
async function services() {
  const heard = { slack: [] as string[], program: [] as string[], mail: [] as string[] };
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const isSigned = request.headers['webhook-signature'] !== undefined;
      // The preflight only asks whether someone is there.
      if (request.method === 'POST') heard[isSigned ? 'program' : 'slack'].push(body);
      response.end('ok');
    });
  }).listen(0, '127.0.0.1');
  const mail = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, _, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        heard.mail.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  mail.listen(0, '127.0.0.1');
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
  await Promise.all([once(http, 'listening'), once(mail.server, 'listening')]);
  const url = `http://127.0.0.1:${portOf(http)}`;
  const secret = (variable: string) => ({ from: 'environment', variable });
  return {
    heard,
    channels: {
      incidents: { kind: 'slack-webhook', webhook: secret('LAB_SLACK') },
      program: { kind: 'webhook', url: `${url}/hook`, secret: secret('LAB_HOOK') },
      mail: {
        kind: 'email',
        host: '127.0.0.1',
        port: portOf(mail.server),
        tls: 'off',
        from: 'drills@example.org',
        to: ['ops@example.org'],
      },
    },
    env: {
      LAB_SLACK: `${url}/services/T0/B0/lab`,
      LAB_HOOK: `whsec_${Buffer.from('key of the lab').toString('base64')}`,
    },
    close() {
      http.close();
      mail.close();
    },
  };
}

test('a failing step of a real failover is told on three channels and seen on the board, fixed by hand, continued from there by a person with a key, and traced', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = join(lab.folder, 'ann.pem');
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const fingerprint = fingerprintOf(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  const topology = join(lab.folder, 'topology.yaml');
  const people = { ann: { name: 'Ann Lee', roles: ['incident commander'], key: fingerprint } };
  const { heard, channels, env, close } = await services();
  const { notices, ...described } = parse(readFileSync(topology, 'utf8'));
  writeFileSync(topology, stringify({ ...described, people, notices: { ...notices, channels } }));
  const collector = await receiver();
  const runs = mkdtempSync(join(lab.folder, 'runs-'));
  mkdirSync('artefacts', { recursive: true });

  let endBoard = () => {};
  const url = await new Promise<string>((resolve, reject) => {
    const board = drDrill(lab, ['board', '--runs', runs, '--listen', '127.0.0.1:0', '--as', key], {
      watch: (out, kill) => {
        endBoard = () => kill('SIGTERM');
        resolve(/http:\S+/.exec(out)?.[0] ?? '');
      },
    });
    board.then(({ out, err }) => reject(new Error(`The board ended by itself:\n${out}${err}`)));
  });
  const browser = await openChromium();
  try {
    const words = [
      'run',
      lab.drills.failover,
      '--live',
      '--runs',
      runs,
      '--set',
      'targets.rto=5 min',
      '--set',
      'held.waitFor=2 min',
      // A machine that is busy with other tests answers late.
      '--set',
      'probe.timeout=2 s',
    ];
    const drill = /drill: (\S+)/.exec(readFileSync(lab.drills.failover, 'utf8'))?.[1] ?? '';
    const ran = drDrill(lab, [...words, '--confirm', drill], { env: { ...env, ...collector.env } });
    const ended = ran.then(({ out, err }) => Promise.reject(new Error(`The run was not held:\n${out}${err}`)));
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await Promise.race([page.goto(url), ended]);
    while ((await page.locator('#part-headline').innerText()).includes('No run'))
      await Promise.race([page.reload(), ended]);
    const held = page
      .locator('#part-waits', { hasText: 'Decide how the held run continues' })
      .waitFor({ timeout: 120_000 });
    await Promise.race([held, ended]);
    await page.screenshot({ path: 'artefacts/board-lab-held.png', fullPage: true });
    expect(await page.locator('#part-waits').innerText()).toContain('a policy denies the change');
    isBroken = false;
    await page.getByLabel('Why, for the record').fill('The policy was taken away');
    await page.getByRole('button', { name: 'Retry the steps that did not succeed' }).click();
    await page.locator('#part-headline', { hasText: 'Passed' }).waitFor({ timeout: 120_000 });
    await page.screenshot({ path: 'artefacts/board-lab-passed.png', fullPage: true });
    expect((await ran).code).toBe(0);
  } finally {
    endBoard();
    await browser.close();
    close();
  }
  const entries = readFileSync(join(onlyRun(runs) ?? '', 'journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);
  expect(entries.filter(({ type }) => type === 'continued')).toMatchObject([
    {
      choice: 'retry',
      by: 'Ann Lee',
      identity: `key:${fingerprint}`,
      through: 'board',
      why: 'The policy was taken away',
    },
  ]);
  expect(lab.world.writers()).toEqual(['lab-replica']);

  // Each channel was told what happened, in order.
  const about = entries.flatMap((one) => (one.type === 'notice' && one.state === 'sent' ? [one] : []));
  for (const channel of Object.keys(channels))
    expect(about.filter((one) => one.channel === channel).map((one) => one.about)).toEqual([
      'start',
      'failure',
      'held',
      'decision-wanted',
      'decided',
      'end',
    ]);
  for (const messages of [heard.slack, heard.program, heard.mail]) expect(messages).toHaveLength(6);
  expect(heard.slack[1]).toContain('a policy denies the change');

  // One trace: the step that failed, and its second try.
  const spans = collector.spans();
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  const failing = entries.find((one) => one.type === 'step-ended' && one.outcome === 'failed') as { step?: string };
  const tries = spans.filter(({ attributes }) => plain(attributes)['dr_drill.step'] === failing.step);
  expect(tries.map(({ status }) => status.code === 2)).toEqual([true, false]);
  expect(plain(rootOf(spans).attributes)['dr_drill.mark']).toBe('NOT AWS');
  expect(lab.controller.twoWriters).toEqual([]);
});
