import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/**
 * A page that does not scroll sideways, and breaks no rule of axe.
 * @param except rules that a part which is not ours breaks
 */
export async function expectAccessible(page: Page, width: number, except: readonly string[] = []): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  await page.evaluate(axe.source);
  // Every rule is tried; of those that hold nothing is written down.
  const rules = Object.fromEntries(except.map((rule) => [rule, { enabled: false }]));
  const asked = JSON.stringify({ resultTypes: ['violations'], rules });
  const { violations } = (await page.evaluate(`axe.run(${asked})`)) as axe.AxeResults;
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}
