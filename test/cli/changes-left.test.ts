import { expect, test } from 'vitest';
import { changesLeft } from '../../src/cli/changes-left.ts';
import { FAILOVER, finished } from '../run/drill.ts';

const FOLDER = 'runs/one';
const words = (isLive: boolean, before: Parameters<typeof changesLeft>[1]['before']) =>
  changesLeft(FOLDER, { isLive, before }).inWords();

test('a live run that is stopped at once says what it asked for and did not undo, and how to go on', async () => {
  const { entries } = await finished(FAILOVER);
  const promoting = entries.findIndex((one) => one.type === 'step-applying' && one.pointOfNoReturn !== undefined);
  const text = words(true, entries.slice(0, promoting + 1));
  expect(text).toMatch(/^Stopped\. Changed or requested, and not rolled back:\n {2}/);
  expect(text).toContain('  Fence the old writer');
  expect(text).toContain(`dr-drill resume ${FOLDER}`);
});

test('one that has changed nothing yet says so', async () => {
  const { entries } = await finished(FAILOVER);
  expect(words(true, entries.slice(0, 3))).toMatch(/^Stopped\. Nothing had been changed\./);
});

test('a dry run says that nothing real was changed', () => {
  expect(words(false, [])).toBe('Stopped. A dry run changes nothing outside this machine.');
});
