import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasStandardTools, unpackedByHand } from '../evidence/by-hand.ts';
import { drDrill, here, newFolder, runDrill } from './command.ts';
import { abortedRun, liveAccount } from './live-account.ts';

const ALIAS = 'arn:aws:kms:ap-northeast-1:111122223333:alias/drill-evidence';

async function withKey(arn: string) {
  const { env } = await liveAccount();
  /** What the account's caller is not allowed from now on. */
  const deny = async (...denied: string[]) => {
    await fetch(`${env.AWS_ENDPOINT_URL}/_dr-drill/chaos`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ denied }),
    });
  };
  return { deny, env: { ...env, DR_DRILL_KMS_KEY: arn } };
}

const verified = async (path: string) => JSON.parse((await here(['verify', path, '--json'])).out);

test.each([
  [ALIAS, 'ecdsa-p256-sha256'],
  [`${ALIAS}-ed25519`, 'ed25519'],
])('%s seals a live run, signs what people say of it, and openssl agrees', async (arn, algorithm) => {
  const { env } = await withKey(arn);
  const { err, folder = '' } = await abortedRun(env);
  expect(err).not.toContain('Not sealed');
  expect(await verified(folder)).toMatchObject({ intact: true, key: { algorithm } });
  expect(await drDrill(['debrief', folder, '--well', 'It began at once'], { env })).toMatchObject({ exitCode: 0 });
  const { key, debriefedBy } = await verified(folder);
  expect(debriefedBy).toMatchObject([{ fingerprint: key.fingerprint }]);
  if (!hasStandardTools) return;
  const bundle = join(newFolder(), 'evidence.zip');
  await here(['bundle', folder, '-o', bundle]);
  const [fingerprint, signature, files, chain, debrief] = unpackedByHand(bundle).said();
  expect(fingerprint?.says).toContain(key.fingerprint);
  expect(signature).toEqual({ passed: true, says: expect.stringMatching(/Verified OK|Signature Verified/) });
  expect(files?.passed).toBe(true);
  expect(chain?.says).toBe('');
  expect(debrief?.says).toMatch(/^(Verified OK|Signature Verified Successfully)\n$/);
});

test('a run does not begin whose key is not there, cannot be used, or is no key', async () => {
  const { env, deny } = await withKey(ALIAS);
  const refused = async (arn: string) => {
    const { exitCode, err, folder } = await abortedRun({ ...env, DR_DRILL_KMS_KEY: arn });
    expect([exitCode, folder]).toEqual([2, undefined]);
    return err;
  };
  expect(await refused(`${ALIAS}-of-others`)).toContain(`KMS has no key ${ALIAS}-of-others.`);
  expect(await refused('alias/drill-evidence')).toContain('DR_DRILL_KMS_KEY is no key of KMS');
  await deny('kms:Sign');
  expect(await refused(ALIAS)).toContain('kms:Sign is not allowed');
});

test('where KMS does not sign at the end the run stands unsealed, says so, and is sealed later, once', async () => {
  const { env, deny } = await withKey(ALIAS);
  const { err, files, folder = '' } = await abortedRun(env, () => deny('kms:Sign'));
  expect(err).toMatch(/Not sealed: .*kms:Sign is not allowed.*dr-drill seal /);
  expect(files).toContain('report.html');
  expect(files).not.toContain('manifest.json');
  expect(await drDrill(['seal', folder], { env })).toMatchObject({ exitCode: 2 });
  await deny();
  expect(await drDrill(['seal', folder], { env })).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('Sealed with the ecdsa-p256-sha256 key'),
  });
  expect(await verified(folder)).toMatchObject({ intact: true });
  expect((await drDrill(['seal', folder], { env })).err).toContain('is sealed already');
});

test('a run whose process was killed is seen to, although its key is out of reach', async () => {
  const { env, deny } = await withKey(ALIAS);
  const { folder = '' } = await abortedRun(env, undefined, 'SIGKILL');
  await deny('kms:GetPublicKey');
  expect(await drDrill(['abort', folder], { env })).toMatchObject({ exitCode: 3 });
  const { exitCode, err } = await drDrill(['resume', folder], { env });
  expect([exitCode, err]).toEqual([
    4,
    expect.stringMatching(/Not sealed: .*kms:GetPublicKey is not allowed.*dr-drill seal /),
  ]);
  await deny();
  expect(await drDrill(['seal', folder], { env })).toMatchObject({ exitCode: 0 });
  expect(await verified(folder)).toMatchObject({ intact: true });
});

test('a dry run asks no KMS, and can be sealed later, too', async () => {
  const nowhere = { DR_DRILL_KMS_KEY: ALIAS, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
  const { err, folder } = await runDrill(['drills/snapshot-restore.yaml', '--format', 'json,csv'], { env: nowhere });
  expect(err).toBe('');
  const manifest = readFileSync(join(folder, 'manifest.json'));
  for (const file of ['manifest.json', 'manifest.sig', 'signer.pem', 'report.csv']) rmSync(join(folder, file));
  expect(await drDrill(['seal', folder], { env: nowhere })).toMatchObject({ exitCode: 0 });
  expect(await verified(folder)).toMatchObject({ intact: true, key: { algorithm: 'ed25519' } });
  expect(readdirSync(folder)).not.toContain('report.csv');
  expect(readdirSync(folder)).not.toContain('report.html');
  expect(readFileSync(join(folder, 'manifest.json')).equals(manifest)).toBe(false);
});

test('what has not ended, or is no run, is not sealed', async () => {
  expect((await here(['seal', newFolder()])).err).toContain('There is no run in');
});
