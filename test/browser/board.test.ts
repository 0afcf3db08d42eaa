import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoardServer, type Decide, type PostedDecision, serveBoard } from '../../src/board/serve.ts';
import { narrator } from '../../src/cli/narrate.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import type { Entry } from '../../src/journal/events.ts';
import { dryRun, growingRun } from '../board/journal.ts';
import { expectAccessible } from './accessible.ts';
import { openChromium } from './chromium.ts';

let browser: Browser;
let entries: Entry[];
beforeAll(async () => {
  mkdirSync('artefacts', { recursive: true });
  browser = await openChromium();
  entries = await dryRun('multi-region-failover');
});
afterAll(() => browser?.close());

const serveRuns = (runs: string, port = 0, decide?: Decide, token?: string): Promise<BoardServer> =>
  serveBoard({
    decide,
    token,
    runs,
    listen: { host: '127.0.0.1', port },
    clock: realClock(),
    tell: () => narrator({ colour: false }),
  });

/** As far as the middle of the takeover, when no customer is served. */
const midway = () =>
  entries.findIndex((entry) => entry.type === 'step-started' && entry.step === 'scale/shop/pods') + 1;

const text = (page: Page, selector: string): Promise<string> => page.locator(selector).innerText();

describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
  test.each([1280, 390])('at %d px a run is shown as it goes by', async (width) => {
    const run = growingRun();
    run.write(entries.slice(0, midway()));
    const board = await serveRuns(run.runs);
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
    const trouble: string[] = [];
    page.on('console', (line) => line.type() === 'error' && trouble.push(line.text()));
    page.on('pageerror', (error) => trouble.push(error.message));
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    try {
      await page.goto(board.url);
      await page.locator('.lit-active.node').first().waitFor();
      expect(await text(page, '#part-headline')).toContain('Running: execute');
      expect(await text(page, '#part-figures')).toMatch(/\d:\d\d left[\s\S]*0\s+of 8/);
      await expectAccessible(page, width);
      await page.screenshot({ path: `artefacts/board-${colorScheme}-${width}.png`, fullPage: true });
      run.write(entries.slice(midway()));
      await page.locator('#part-headline', { hasText: 'Passed in rehearsal' }).waitFor();
      expect(await text(page, '#said')).toBe('Passed in rehearsal');
      await expectAccessible(page, width);
      await page.screenshot({ path: `artefacts/board-${colorScheme}-${width}-ended.png`, fullPage: true });
      expect(trouble).toEqual([]);
      expect(asked.filter((url) => !url.startsWith(board.url) && url !== 'data:,')).toEqual([]);
    } finally {
      await page.close();
      await board.close();
    }
  });
});

test('a page whose board was started again goes on by itself', async () => {
  const run = growingRun();
  run.write(entries.slice(0, midway()));
  const before = await serveRuns(run.runs);
  const page = await browser.newPage();
  await page.goto(before.url);
  await page.locator('#connection', { hasText: 'Live' }).waitFor();
  const lines = await page.locator('#feed-lines li').count();
  await before.close();
  await page.locator('#connection', { hasText: 'Reconnecting' }).waitFor();
  run.write(entries.slice(midway()));
  const after = await serveRuns(run.runs, Number(new URL(before.url).port));
  try {
    await page.locator('#part-headline', { hasText: 'Passed in rehearsal' }).waitFor();
    const all = await page.locator('#feed-lines li').allInnerTexts();
    expect(all.length).toBeGreaterThan(lines);
    expect(new Set(all).size).toBe(all.length);
  } finally {
    await page.close();
    await after.close();
  }
});

test.each(['light', 'dark'] as const)('a held run is decided on a phone, in the %s scheme', async (colorScheme) => {
  const run = growingRun();
  const [header, ...others] = entries.slice(0, midway()) as [Extract<Entry, { type: 'run-started' }>, ...Entry[]];
  const last = others.at(-1) as Entry;
  const after = (times: number) => ({ seq: last.seq + times, at: last.at, ms: last.ms, prev: '' });
  const why = { name: 'Error', message: 'a policy denies the change' };
  run.write([
    { ...header, mode: 'live' },
    ...others,
    { ...after(1), type: 'step-ended', step: 'scale/shop/pods', outcome: 'failed', error: why },
    {
      ...after(2),
      type: 'person-wanted',
      until: last.at,
      choices: ['retry', 'skip', 'roll-back', 'give-up'],
      steps: ['scale/shop/pods'],
    },
  ]);
  const taken: PostedDecision[] = [];
  const board = await serveRuns(run.runs, 0, {
    mayDecide: () => true,
    take: async (_, decision) => {
      taken.push(decision);
      return 'Signed.';
    },
  });
  const page = await browser.newPage({ colorScheme, viewport: { width: 390, height: 844 } });
  try {
    await page.goto(board.url);
    await page.locator('.lit-failed').first().waitFor();
    await expectAccessible(page, 390);
    await page.screenshot({ path: `artefacts/board-${colorScheme}-held.png`, fullPage: true });
    await page.getByRole('button', { name: 'Go on without scale/shop/pods' }).click();
    expect(await text(page, '[data-said]')).toBe('This needs a reason.');
    const reason = page.getByLabel('Why, for the record');
    await reason.fill('Nobody shops');
    run.write([
      { ...after(3), type: 'finding', severity: 'note', subject: 'x', what: 'News', why: '', fix: 'Read it' },
    ]);
    await page.locator('#feed-lines', { hasText: 'News' }).waitFor();
    expect(await reason.inputValue()).toBe('Nobody shops');
    await page.getByRole('button', { name: 'Go on without scale/shop/pods' }).click();
    await page.locator('[data-said]', { hasText: 'Signed.' }).waitFor();
    expect(taken).toMatchObject([{ choice: 'skip', step: 'scale/shop/pods', why: 'Nobody shops' }]);
  } finally {
    await page.close();
    await board.close();
  }
});

test('the token of a board is given once, behind the # of its address, and stays out of sight', async () => {
  const run = growingRun();
  run.write(entries);
  const token = 'a token that nobody can guess';
  const board = await serveRuns(run.runs, 0, undefined, token);
  const context = await browser.newContext();
  const page = await context.newPage();
  try {
    await page.goto(board.url);
    await expectAccessible(page, 1280);
    await page.getByLabel('Token of this board').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('#said', { hasText: 'This is not the token' }).waitFor();
    await page.goto('about:blank');
    await page.goto(`${board.url}/#token=${encodeURIComponent(token)}`);
    await page.locator('#connection', { hasText: 'Live' }).waitFor();
    expect(page.url()).toBe(`${board.url}/`);
    expect(await page.evaluate('document.cookie')).toBe('');
  } finally {
    await context.close();
    await board.close();
  }
});
