import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { drDrill, newFolder, runHere } from './command.ts';
import { liveAccount } from './live-account.ts';

const EVIDENCE = 's3://ecommerce-drill-evidence/2026';

async function sealedRun() {
  const [{ env, world }, { folder }] = await Promise.all([
    liveAccount(),
    runHere(['drills/snapshot-restore.yaml', '--quiet']),
  ]);
  const upload = (where: string, more: string[] = [], account = env as Record<string, string>) =>
    drDrill(['bundle', folder, '-o', join(newFolder(), 'evidence.zip'), '--upload', where, ...more], { env: account });
  const versions = () =>
    world
      .state()
      .buckets.find(({ name }) => name === 'ecommerce-drill-evidence')
      ?.versions.filter(({ key }) => key === `2026/${basename(folder)}.zip`) ?? [];
  return { upload, versions, world };
}

test('a bundle is kept for seven years, and nobody can shorten that; a second upload of it changes nothing', async () => {
  const { upload, versions } = await sealedRun();
  const { exitCode, out } = await upload(EVIDENCE);
  const untilYear = new Date().getUTCFullYear() + 7;
  expect([exitCode, out]).toEqual([
    0,
    expect.stringMatching(new RegExp(`^s3://ecommerce-drill-evidence/2026/.*\\.zip, kept until ${untilYear}-`, 'm')),
  ]);
  const [kept] = versions();
  expect(kept?.lock?.mode).toBe('COMPLIANCE');
  expect(new Date(kept?.lock?.untilMs ?? 0).getUTCFullYear()).toBe(untilYear);
  expect(
    Buffer.from(kept?.body ?? '', 'base64')
      .subarray(0, 2)
      .toString(),
  ).toBe('PK');
  expect((await upload(EVIDENCE, ['--years', '1'])).out).toContain(`kept until ${untilYear}-`);
  expect(versions()).toHaveLength(1);
});

test('where nothing would keep it, nothing is uploaded', async () => {
  const { upload, versions } = await sealedRun();
  expect(await upload('s3://ecommerce-media-tokyo')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('ecommerce-media-tokyo has no Object Lock'),
  });
  expect(await upload('evidence')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('--upload is no place in S3: evidence'),
  });
  expect(versions()).toEqual([]);
});
