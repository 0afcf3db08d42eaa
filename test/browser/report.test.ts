import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { historyPage } from '../../src/history/page.tsx';
import { recordOf } from '../../src/history/record.ts';
import { trendsOf } from '../../src/history/trends.ts';
import { toHtml } from '../../src/report/html.tsx';
import { calendarOf } from '../calendar/page.ts';
import { type RunName, reportFor, runNames } from '../report/runs.ts';
import { expectAccessible } from './accessible.ts';
import { openChromium } from './chromium.ts';
import { pdfPages, pdfText } from './pdf-text.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(() => browser?.close());

const schemes = ['light', 'dark'] as const;
const widths = [1280, 360];

describe.each(schemes)('in the %s scheme', (colorScheme) => {
  describe.each(widths)('at %d px', (width) => {
    let page: Page;
    beforeAll(async () => {
      page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
    });
    afterAll(() => page.close());

    test.each(runNames)(
      'the page of a run that %s has no accessibility violation and does not scroll sideways',
      async (name) => {
        // Nothing is left of the page before.
        await page.goto('about:blank');
        await page.setContent(toHtml(reportFor(name)));
        await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
        await expectAccessible(page, width);
      },
    );
  });
});

test('a table that is drawn as cards stays a table to screen readers', async () => {
  const roles = async (width: number) => {
    const found: Record<string, number> = {};
    await withPage('held', { width }, async (page) => {
      const session = await page.context().newCDPSession(page);
      const { nodes } = await session.send('Accessibility.getFullAXTree');
      for (const { role } of nodes)
        if (/^(table|row|columnheader|rowheader|cell)$/.test(role?.value))
          found[role?.value] = (found[role?.value] ?? 0) + 1;
    });
    return found;
  };
  const wide = await roles(1280);
  expect(Object.keys(wide).sort()).toEqual(['cell', 'columnheader', 'row', 'rowheader', 'table']);
  expect(await roles(360)).toEqual(wide);
});

test.each(schemes)(
  'the page of all runs has no accessibility violation, and does not scroll sideways, %s',
  async (colorScheme) => {
    const records = [0, 1, 2].map((n) =>
      recordOf(`2026-11-2${n}T09-30-00Z-x`, reportFor(n === 1 ? 'missed' : 'passed')),
    );
    for (const width of widths) {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
      await page.setContent(historyPage(trendsOf(records)));
      await expectAccessible(page, width);
      await page.close();
    }
  },
);

test.each(schemes)(
  'the page of a calendar has no accessibility violation, and does not scroll sideways, %s',
  async (colorScheme) => {
    for (const width of [1280, 390]) {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
      await page.setContent(await calendarOf('2026-12-04'));
      await expectAccessible(page, width);
      await page.close();
    }
  },
);

test('the page asks the network for nothing and runs no script from its data', async () => {
  await withPage('hostile', {}, async (page, requests) => {
    expect(await page.evaluate('document.scripts.length')).toBe(0);
    expect(await page.evaluate('document.querySelector("h1").textContent')).toContain('<script>');
    expect(requests).toEqual([]);
  });
});

test('every printed page of a dry run is marked SIMULATED', async () => {
  await withPage('held', {}, async (page) => {
    expect((await printed(page)).marks).toBe(0);
  });
  await withPage('missed', {}, async (page) => {
    const { pages, marks } = await printed(page);
    expect(pages).toBeGreaterThan(2);
    // Once more in the banner that opens the report.
    expect(marks).toBe(pages + 1);
  });
});

test('a printed page carries the request ids of changes without anybody opening them', async () => {
  await withPage('missed', {}, async (page) => {
    const text = pdfText(await page.pdf({ preferCSSPageSize: true })).join(' ');
    expect(text.replaceAll(' ', '')).toContain('req-promote-replica-0');
  });
});

async function printed(page: Page): Promise<{ pages: number; marks: number }> {
  const pdf = await page.pdf({ preferCSSPageSize: true });
  return {
    pages: pdfPages(pdf),
    marks:
      pdfText(pdf)
        .join('\n')
        .match(/SIMULATED/g)?.length ?? 0,
  };
}

async function withPage(
  name: RunName,
  { width = 1280 }: { width?: number },
  look: (page: Page, requests: string[]) => Promise<void>,
): Promise<void> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  try {
    await page.setContent(toHtml(reportFor(name)));
    await look(page, requests);
  } finally {
    await page.close();
  }
}
