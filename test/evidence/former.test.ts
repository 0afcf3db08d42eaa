import { expect, test } from 'vitest';
import { JOURNAL } from '../../src/evidence/manifest.ts';
import { sealOf } from '../../src/evidence/seal.ts';
import { localKey } from '../../src/evidence/signing-key.ts';
import type { Entry } from '../../src/journal/events.ts';
import { lineHash } from '../../src/journal/journal.ts';
import { reportOf } from '../../src/report/model.ts';
import { newFolder } from '../cli/command.ts';
import { drillFrom, failoverRun, typicalTruth } from '../measure/synthetic-run.ts';
import { textOf, verified, withText } from './sealed.ts';

/** As topologies were written before they were made of components. */
const former = {
  topology: 'ecommerce-platform',
  account: '111122223333',
  regions: { primary: 'ap-east-2', recovery: 'ap-northeast-1' },
  database: { name: 'shop', writer: { identifier: 'ecommerce-db-primary' } },
  traffic: { name: 'shop.example.com', lever: 'health-check-inversion' },
};

/** The chain as a process of before would have written it. */
const chained = (entries: readonly Entry[]): Entry[] => {
  let prev = '0'.repeat(64);
  return entries.map((entry) => {
    const linked = { ...entry, prev } as Entry;
    prev = lineHash(JSON.stringify(linked));
    return linked;
  });
};

async function sealedFormer(tool: string) {
  const [header, ...rest] = failoverRun(typicalTruth, drillFrom('multi-region-failover.yaml')).entries();
  const entries = chained([{ ...header, tool, topology: former } as unknown as Entry, ...rest]);
  const journal = Buffer.from(textOf(entries));
  const reports = new Map([['report.md', Buffer.from('# A report of before\n')]]);
  const seal = await sealOf('2026-01-01T00-00-00Z-former', { entries, journal, reports }, localKey(newFolder()));
  return { entries, files: new Map([[JOURNAL, journal], ...reports, ...seal]) };
}

test.each(['dr-drill 0.0.9', 'dr-drill 0.1.0'])(
  'a journal of before, by %s, has its chain and seal checked',
  async (tool) => {
    const { files } = await sealedFormer(tool);
    const { tampering, notVouchedFor } = await verified(files, undefined, 'dr-drill 0.1.0');
    expect(tampering).toEqual([]);
    expect(notVouchedFor).toContain(tool);

    const altered = withText(files, JOURNAL, (text) => text.replace('ecommerce-db-primary', 'ecommerce-db-secondary'));
    expect((await verified(altered, undefined, 'dr-drill 0.1.0')).tampering).toContainEqual(
      expect.objectContaining({ file: JOURNAL }),
    );
  },
);

test('whoever asks for its reports is told which version makes them', async () => {
  const { entries } = await sealedFormer('dr-drill 0.0.9');
  expect(() => reportOf(entries, { journalHash: 'a' })).toThrow(/written by dr-drill 0\.0\.9/);
});
