import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasStandardTools, unpackedByHand } from '../evidence/by-hand.ts';
import { hasOpenssl, timestampAuthority } from '../evidence/tsa.ts';
import { here, newFolder, runDrill } from './command.ts';
import { abortedRun, liveAccount } from './live-account.ts';

/** A live run that is aborted as soon as it asks, and so ends sealed. */
async function liveRun(authority: string) {
  const { env } = await liveAccount();
  const { err, files, folder: run = '' } = await abortedRun({ ...env, DR_DRILL_TSA: authority });
  return { run, err, files, verified: () => here(['verify', run, '--json']) };
}

test.skipIf(!hasOpenssl)('the seal of a live run is stamped, which verify tells and openssl agrees with', async () => {
  const authority = await timestampAuthority(newFolder());
  const { run, files, verified } = await liveRun(authority.url);
  expect(files).toContain('manifest.tsr');
  const { out } = await verified();
  expect(JSON.parse(out)).toMatchObject({ intact: true, stampedAt: expect.stringMatching(/^20/) });
  expect(authority.verified(join(run, 'manifest.tsr'), join(run, 'manifest.sig'))).toContain('Verification: OK');
  if (!hasStandardTools) return;
  const bundle = join(newFolder(), 'evidence.zip');
  await here(['bundle', run, '-o', bundle]);
  const { folder, said } = unpackedByHand(bundle);
  writeFileSync(join(folder, 'authority.pem'), authority.certificate());
  const answers = said();
  expect(answers).toHaveLength(5);
  expect(answers.map(({ passed }) => passed)).toEqual(answers.map(() => true));
  expect(answers[4]?.says).toContain('Verification: OK');
  await authority.close();
});

test('where the authority is silent the run is sealed all the same, and says so', async () => {
  const { err, files, verified } = await liveRun('http://127.0.0.1:9');
  expect(err).toContain('127.0.0.1:9 gave no time-stamp');
  expect(files).toEqual(expect.arrayContaining(['manifest.json', 'manifest.sig']));
  expect(files).not.toContain('manifest.tsr');
  expect((await verified()).exitCode).toBe(0);
});

test('a dry run asks no authority', async () => {
  const {
    exitCode,
    err,
    folder: run,
  } = await runDrill(['drills/snapshot-restore.yaml', '--quiet'], {
    env: { DR_DRILL_TSA: 'http://127.0.0.1:9' },
  });
  expect([exitCode, err]).toEqual([0, '']);
  expect(readdirSync(run)).not.toContain('manifest.tsr');
});
