// Takes the README's picture of a report: `npm run picture`, after a build, with a Chromium on the machine.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const runs = mkdtempSync(join(tmpdir(), 'dr-drill-picture-'));
try {
  execFileSync(process.execPath, [
    'dist/main.js',
    'run',
    'drills/multi-region-failover.yaml',
    '--quiet',
    '--runs',
    runs,
  ]);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const page = await browser.newPage({ viewport: { width: 1100, height: 1700 } });
  await page.goto(`file://${join(runs, readdirSync(runs)[0], 'report.html')}`);
  const { y } = await page.getByRole('heading', { name: 'Steps', exact: true }).boundingBox();
  await page.setViewportSize({ width: 1100, height: Math.ceil(y) });
  await page.screenshot({ path: 'docs/public/report.png', clip: { x: 0, y: 0, width: 1100, height: y - 30 } });
  await browser.close();
} finally {
  rmSync(runs, { recursive: true, force: true });
}
