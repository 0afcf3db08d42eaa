import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { fingerprintOf } from '../../src/evidence/signing-key.ts';
import type { Entry } from '../../src/journal/events.ts';
import { openChromium } from '../browser/chromium.ts';
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

test('a failing step of a real failover is seen on the board, mended by hand, and continued from there by a person with a key', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = join(lab.folder, 'ann.pem');
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const fingerprint = fingerprintOf(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  const topology = join(lab.folder, 'topology.yaml');
  const people = { ann: { name: 'Ann Lee', roles: ['incident commander'], key: fingerprint } };
  writeFileSync(topology, stringify({ ...parse(readFileSync(topology, 'utf8')), people }));
  const runs = mkdtempSync(join(lab.folder, 'runs-'));
  mkdirSync('artefacts', { recursive: true });

  let endBoard = () => {};
  const url = await new Promise<string>((resolve) => {
    void drDrill(lab, ['board', '--runs', runs, '--listen', '127.0.0.1:0', '--as', key], {
      watch: (out, kill) => {
        endBoard = () => kill('SIGTERM');
        resolve(/http:\S+/.exec(out)?.[0] ?? '');
      },
    });
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
    ];
    const drill = /drill: (\S+)/.exec(readFileSync(lab.drills.failover, 'utf8'))?.[1] ?? '';
    const ran = drDrill(lab, [...words, '--confirm', drill]);
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(url);
    while ((await page.locator('#part-headline').innerText()).includes('No run')) await page.reload();
    const held = page
      .locator('#part-waits', { hasText: 'Decide how the held run goes on' })
      .waitFor({ timeout: 120_000 });
    const ended = ran.then(({ out, err }) => Promise.reject(new Error(`The run was not held:\n${out}${err}`)));
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
  expect(lab.controller.twoWriters).toEqual([]);
});
