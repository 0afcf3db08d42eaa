import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { fingerprintOf } from '../../src/evidence/signing-key.ts';
import type { Entry } from '../../src/journal/events.ts';
import { shippedTopology } from '../drill/files.ts';
import { drDrill, newFolder } from './command.ts';
import { askingDrill, liveAccount } from './live-account.ts';

const session = (name: string) => `arn:aws:sts::111122223333:assumed-role/dr-drill/${name}`;

/** A private key in a file, with the fingerprint that a topology has. */
function keyFile(kind: 'ed25519' | 'ec') {
  const { privateKey, publicKey } =
    kind === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  const path = join(newFolder(), 'key.pem');
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { path, fingerprint: fingerprintOf(publicKey.export({ type: 'spki', format: 'pem' }).toString()) };
}

/** A drill that two people must approve, on a platform that names its people. */
function drillOf(
  people: object,
  asks: object = { question: 'Now?', people: 2, roles: ['incident commander', 'infrastructure lead'], each: '60 s' },
) {
  const folder = newFolder();
  writeFileSync(join(folder, 'topology.yaml'), stringify({ ...parse(readFileSync(shippedTopology, 'utf8')), people }));
  const drill = join(folder, 'asking.yaml');
  writeFileSync(drill, askingDrill(asks).replace(shippedTopology, 'topology.yaml'));
  return drill;
}

async function whileAsking(drill: string, env: Record<string, string>, work: (run: string) => Promise<void>) {
  const runs = newFolder();
  let working: Promise<void> | undefined;
  const folder = () => join(runs, readdirSync(runs).find((name) => name !== 'index.jsonl') ?? '');
  const answer = await drDrill(['run', drill, '--live', '--confirm', 'asking', '--runs', runs], {
    env,
    watch(out, kill) {
      if (!out.includes('Now?')) return;
      working ??= work(folder()).then(
        () => undefined,
        (error) => {
          kill('SIGKILL');
          throw error;
        },
      );
    },
  });
  await working;
  const entries = readFileSync(join(folder(), 'journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);
  return { ...answer, entries };
}

test('two people approve by two AWS identities, and one of them alone is one, whatever name is given', async () => {
  const { env } = await liveAccount();
  const drill = drillOf({
    ann: { name: 'Ann Lee', roles: ['incident commander'], arn: session('ANN') },
    bo: { name: 'Bo Chen', roles: ['infrastructure lead'], arn: session('BO') },
  });
  const as = (id: string) => ({ env: { ...env, AWS_ACCESS_KEY_ID: id } });
  const { entries } = await whileAsking(drill, env, async (run) => {
    for (const by of ['A', 'B'])
      expect(await drDrill(['approve', run, '--by', by], as('ANN'))).toMatchObject({ exitCode: 0 });
    const nobody = await drDrill(['approve', run, '--by', 'Bo Chen'], as('EVE'));
    expect([nobody.exitCode, nobody.err]).toEqual([
      2,
      expect.stringContaining(`${session('EVE')} is not named under people in the topology`),
    ]);
    expect(await drDrill(['approve', run], as('BO'))).toMatchObject({ exitCode: 0 });
  });
  const answered = entries.flatMap((entry) => (entry.type === 'answered' ? [[entry.by, entry.identity]] : []));
  expect(answered.slice(0, 1)).toEqual([['Ann Lee', session('ANN')]]);
  expect(answered.at(-1)).toEqual(['Bo Chen', session('BO')]);
  const [ended] = entries.filter((entry) => entry.type === 'step-ended' && entry.step === 'agree');
  expect(ended).toMatchObject({ outcome: 'ok', result: { approvedBy: ['Ann Lee', 'Bo Chen'] } });
}, 60_000);

test('a key signs for one answer of one run, and a copied or changed line counts for nothing', async () => {
  const { env } = await liveAccount();
  const [ann, bo] = [keyFile('ed25519'), keyFile('ec')];
  const drill = drillOf({
    ann: { name: 'Ann Lee', roles: ['incident commander'], key: ann.fingerprint },
    bo: { name: 'Bo Chen', roles: ['infrastructure lead'], key: bo.fingerprint },
  });
  const { entries } = await whileAsking(drill, env, async (run) => {
    const refused = await drDrill(['approve', run, '--key', ann.path, '--refuse', '--reason', 'x'], {
      env: { ...env, DR_DRILL_X: '' },
    });
    expect(refused.exitCode).toBe(0);
  });
  expect(entries.find(({ type }) => type === 'answered')).toMatchObject({
    by: 'Ann Lee',
    identity: `key:${ann.fingerprint}`,
    approves: false,
  });
  const again = await whileAsking(drill, env, async (run) => {
    await drDrill(['approve', run, '--key', ann.path], { env });
    const file = join(run, 'answers.jsonl');
    const [line = ''] = readFileSync(file, 'utf8').split('\n');
    appendFileSync(file, `${line.replace('"by":', '"role":"infrastructure lead","by":')}\n`);
    appendFileSync(file, `${JSON.stringify({ at: '2026-01-01T00:00:00.000Z', by: 'Bo Chen', approves: true })}\n`);
    await drDrill(['approve', run, '--key', bo.path], { env });
  });
  const [ended] = again.entries.filter((entry) => entry.type === 'step-ended' && entry.step === 'agree');
  expect(ended).toMatchObject({ outcome: 'ok', result: { approvedBy: ['Ann Lee', 'Bo Chen'] } });
  expect(again.entries.flatMap((entry) => (entry.type === 'answer-refused' ? [entry.why] : []))).toEqual([
    expect.stringContaining('its signature is of another answer'),
    expect.stringContaining('it does not prove who gave it'),
  ]);
}, 60_000);

test('people are told apart in the topology, and each has an identity', async () => {
  const drill = drillOf({
    ann: { name: 'Ann Lee', roles: ['incident commander'], arn: session('ANN') },
    bo: { name: 'Bo Chen', roles: ['incident commander'], arn: session('ANN') },
    cy: { name: 'Cy Roe', roles: ['incident commander'] },
  });
  const { exitCode, err } = await drDrill(['validate', drill]);
  expect(exitCode).toBe(2);
  expect(err).toContain('expected another arn than that of ann');
  expect(err).toContain('expected an arn or a key');
});
