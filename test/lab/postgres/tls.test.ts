import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Pair, restoreSnapshot, takeSnapshot } from './index.ts';
import { drillSession, elsewhere, restored, startShop } from './shop-pair.ts';

const name = 'ecommerce-db-primary.abcdefghijkl.ap-east-2.rds.amazonaws.com';
let pair: Pair;

beforeAll(async () => {
  pair = await startShop({ tls: true, writer: { ...elsewhere.writer, names: [name] } });
});
afterAll(() => pair.close());

const trusting = (servername: string) => ({ ssl: { ca: pair.ca ?? '', servername } });

test('a client that trusts the authority gets in under the name of the instance', async () => {
  const session = await drillSession(pair.writer, trusting(name));
  const { rows } = await session.query('select ssl, version from pg_stat_ssl where pid = pg_backend_pid()');
  await session.end();
  expect(rows).toEqual([{ ssl: true, version: 'TLSv1.3' }]);
});

test('without encryption, without trust or under another name, nobody gets in', async () => {
  await expect(drillSession(pair.writer)).rejects.toThrow('no encryption');
  await expect(drillSession(pair.writer, { ssl: { servername: name } })).rejects.toThrow('certificate');
  await expect(drillSession(pair.writer, trusting('shop.example.com'))).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
});

test('replication is encrypted too, and a restored server has a certificate of its own', async () => {
  expect(await pair.writer.query('select ssl from pg_stat_replication join pg_stat_ssl using (pid)')).toEqual([
    { ssl: true },
  ]);
  const server = await restoreSnapshot(await takeSnapshot(pair.writer), {
    ...restored,
    names: ['restored.example.com'],
  });
  const session = await drillSession(server, trusting('restored.example.com'));
  await session.end();
});
