import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAccessible } from './accessible.ts';
import { openChromium } from './chromium.ts';

/** The built site: `npm run docs:build` makes it. */
const SITE = 'docs/dist';
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

let browser: Browser;
let server: Server;
let site = '';

beforeAll(async () => {
  expect(existsSync(SITE), 'npm run docs:build makes the site').toBe(true);
  server = createServer(async (request, answer) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const file = join(SITE, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    const bytes = await readFile(file).catch(() => undefined);
    answer
      .writeHead(bytes ? 200 : 404, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
      .end(bytes);
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  site = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  browser = await openChromium();
});

afterAll(async () => {
  await browser?.close();
  server.close();
});

const pages = [
  '/',
  '/tutorials/first-rehearsal/',
  '/how-to/rehearse-in-ci/',
  '/concepts/recovery-time/',
  '/components/eks/',
  '/drills/multi-region-failover/',
  '/reference/commands/',
  '/reference/drill-file/',
];

/** Rules that parts of Starlight break: a search button with its shortcut beside its name, and blocks of code without names. */
const NOT_OURS = ['label-content-name-mismatch', 'landmark-unique'];

describe.each([
  ['light', 1280],
  ['dark', 390],
] as const)('in the %s scheme at %d px', (colorScheme, width) => {
  test.each(pages)('%s breaks no rule of axe, and asks nothing of another host', async (path) => {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(site) && !request.url().startsWith('data:')) elsewhere.push(request.url());
    });
    await page.goto(`${site}${path}`, { waitUntil: 'networkidle' });
    await expectAccessible(page, width, NOT_OURS);
    expect(elsewhere).toEqual([]);
    await page.close();
  });
});

test('the search finds a page, without another host', async () => {
  const page = await browser.newPage();
  await page.goto(`${site}/`, { waitUntil: 'networkidle' });
  await page.click('button[data-open-modal]');
  await page.fill('.pagefind-ui__search-input', 'quarantine');
  await page.waitForSelector('.pagefind-ui__result-link');
  const found = await page.$$eval('.pagefind-ui__result-link', (links) => links.map((link) => link.textContent));
  expect(found.join(' ')).toContain('Fencing');
  await page.close();
});
