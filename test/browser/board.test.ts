import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoardServer, serveBoard } from '../../src/board/serve.ts';
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

const serveRuns = (runs: string, port = 0): Promise<BoardServer> =>
  serveBoard({
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
