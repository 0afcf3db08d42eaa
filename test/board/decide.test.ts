import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { fingerprintOf } from '../../src/evidence/signing-key.ts';
import { drDrill, newFolder } from '../cli/command.ts';
import { askingDrill, liveAccount } from '../cli/live-account.ts';
import { shippedTopology } from '../drill/files.ts';
import { besideBoard, pageThatAsks, press } from './beside-board.ts';

/** A drill that Ann must approve, with her key. */
function approvedDrill(asks: object) {
  const folder = newFolder();
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = join(folder, 'ann.pem');
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const fingerprint = fingerprintOf(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  const people = { ann: { name: 'Ann Lee', roles: ['incident commander'], key: fingerprint } };
  writeFileSync(join(folder, 'topology.yaml'), stringify({ ...parse(readFileSync(shippedTopology, 'utf8')), people }));
  const drill = join(folder, 'asking.yaml');
  writeFileSync(drill, askingDrill(asks).replace(shippedTopology, 'topology.yaml'));
  return { drill, key, fingerprint };
}

const asks = { question: 'Now?', roles: ['incident commander'], each: '60 s' };

test('a board that Ann started with her key approves as Ann, once', async () => {
  const { drill, key, fingerprint } = approvedDrill(asks);
  const entries = await besideBoard(
    ['--as', key],
    drill,
    async (url) => {
      const page = await pageThatAsks(url);
      expect(page).toContain('dr-drill approve ');
      expect((await press(url, page, 'Approve', { role: 'nobody' })).status).toBe(409);
      expect((await press(url, page, 'Refuse')).status).toBe(409);
      const approved = await press(url, page, 'Approve', { why: 'All is ready' });
      expect([approved.status, await approved.text()]).toEqual([202, 'Signed, and left for the run.']);
      expect((await press(url, page, 'Approve')).status).toBe(409);
    },
    await liveAccount(),
  );
  const answers = entries.filter((entry) => entry.type === 'answered');
  expect(answers).toMatchObject([
    { by: 'Ann Lee', approves: true, reason: 'All is ready', through: 'board', identity: `key:${fingerprint}` },
  ]);
  expect(entries.filter(({ type }) => type === 'answer-refused')).toEqual([]);
});

test('a board without an identity shows the command and decides nothing; a person who is not named is refused with the reason', async () => {
  const { drill, key } = approvedDrill(asks);
  const stranger = approvedDrill(asks).key;
  const entries = await besideBoard(
    [],
    drill,
    async (url) => {
      const page = await pageThatAsks(url);
      expect(page).toMatch(/dr-drill approve [^<]+--role/);
      expect(page).not.toContain('data-post="');
      const step = /data-wait="([^/"]+)\//.exec(page)?.[1];
      const post = { kind: 'answer', step, role: 'incident commander', approves: true };
      expect((await press(url, page, 'none', post)).status).toBe(403);
      const runs = /dr-drill approve (\S+)/.exec(page)?.[1] ?? '';
      expect(await drDrill(['approve', runs, '--key', stranger])).toMatchObject({ exitCode: 2 });
      expect(await drDrill(['approve', runs, '--key', key])).toMatchObject({ exitCode: 0 });
    },
    await liveAccount(),
  );
  expect(entries.flatMap((entry) => (entry.type === 'answered' ? [entry.through] : []))).toEqual(['command']);
});

test('a board that others can reach decides as nobody', async () => {
  const { key } = approvedDrill(asks);
  const token = join(newFolder(), 'token');
  writeFileSync(token, 'a token that nobody can guess');
  const answer = await drDrill(['board', '--listen', '0.0.0.0:0', '--token-file', token, '--as', key]);
  expect(answer).toMatchObject({ exitCode: 2, err: expect.stringContaining('could decide as you') });
});
