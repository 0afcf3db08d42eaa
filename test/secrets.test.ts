import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../src/clock/virtual-clock.ts';
import { loadDrill } from '../src/drill/load.ts';
import type { RunEvent } from '../src/journal/events.ts';
import { memoryJournal } from '../src/journal/journal.ts';
import { formatNames } from '../src/report/format-names.ts';
import { keepSecret, keepSecretsIn, withoutSecrets } from '../src/secrets.ts';
import { here, newFolder } from './cli/command.ts';
import { shippedDrills } from './drill/files.ts';
import { rehearsed } from './run/drill.ts';

const S = 'hunter2Hunter2xQ9';

const forms = [
  // JSON, also within JSON, YAML and properties
  `{"password":"${S}"}`,
  `{"data":{"password":"a\\"${S}"}}`,
  `{\\"password\\": \\"${S}\\"}`,
  `"SecretAccessKey": "${S}"`,
  `SecretString: "${S}"`,
  `{ sessionToken: '${S}' }`,
  `    token: ${S}`,
  `api_key: "${S}"`,
  `secretKey=${S}`,
  `client-key-data: LS0tLS${S}`,
  `"auth": "${S}"`,
  `password => '${S}'`,
  `<db:password>${S}</db:password>`,
  // The environment and command lines
  `PGPASSWORD=${S} psql`,
  `MYSQL_PWD=${S}`,
  `export TOKEN='a b ${S}'`,
  `$env:TOKEN = "${S}"`,
  `AWS_SECRET_ACCESS_KEY=${S}`,
  `aws_secret_access_key = ${S}`,
  `DB_PASSWORD_1=${S}`,
  `--password ${S}`,
  `--secret-access-key=${S}`,
  `curl -u admin:${S} https://shop.example.com`,
  `mysql -uroot -p${S}`,
  `redis-cli -h cache -a ${S}`,
  `sshpass -p ${S} ssh db`,
  // HTTP
  `Authorization: Basic ${S}`,
  `authorization: token ${S}`,
  `"Authorization":"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/x, Signature=${S}"`,
  `Bearer ${S}`,
  `X-Api-Key: ${S}`,
  `x-vault-token: ${S}`,
  `Cookie: sid=${S}; other=${S}`,
  `Set-Cookie: sid=${S}; Path=/`,
  `grant_type=x&access_token=${S}&expires_in=1`,
  `client_secret=${S}`,
  `https://b.s3.amazonaws.com/k?X-Amz-Credential=${S}%2F2026&X-Amz-Signature=${S}&X-Amz-Security-Token=${S}`,
  `https://x.blob.core.windows.net/?sv=1&sig=${S}%3D`,
  // Log-ins in addresses, connection strings, files of passwords, SQL
  `postgres://drill:${S}@db.example.com/shop`,
  `https://user:p@${S}@db.example.com/`,
  `redis://:${S}@cache:6379`,
  `mongodb+srv://u:a/${S}@h/db`,
  `https://${S}${S}@github.com/x.git`,
  `jdbc:mysql://u:${S}@h/db`,
  `jdbc:postgresql://h/db?user=u&password=${S}`,
  `host=h user=u password='${S} b' dbname=shop`,
  `password=hun,${S}`,
  `Server=db;User Id=sa;Password=${S};Encrypt=yes`,
  `Password={${S};a}`,
  `AccountName=x;AccountKey=${S}==;EndpointSuffix=y`,
  `Endpoint=sb://x/;SharedAccessKey=${S}`,
  `db.example.com:5432:shop:app:${S}`,
  `*:*:*:app:${S}`,
  `machine h login u password ${S}`,
  `ALTER USER shop PASSWORD '${S}'`,
  `CREATE USER shop IDENTIFIED BY '${S}'`,
  `requirepass ${S}`,
  `//registry.npmjs.org/:_authToken=${S}`,
  // Keys and tokens that say what they are
  `-----BEGIN RSA PRIVATE KEY-----\n${S}\n-----END RSA PRIVATE KEY-----`,
  `-----BEGIN PRIVATE KEY-----\\n${S}`,
  `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${S}`,
  `AKIAIOSFODNN7EXAMPLE:${S}${S}abcdef`,
  `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx${S}.${S}`,
  `k8s-aws-v1.${S}`,
  `xoxb-1234-${S}`,
  `ghp_${S}${S}`,
  `github_pat_11A_${S}`,
  `glpat-${S}`,
  `sk_live_${S}`,
  `https://hooks.slack.com/services/T0/B0/${S}`,
  `AIzaSy${S}${S}`,
  `npm_${S}${S}`,
  `hvs.${S}`,
  `SG.${S}.${S}`,
];

test.each(forms)('is taken out of %s', (form) => {
  expect(withoutSecrets(form)).not.toContain(S);
  expect(withoutSecrets(`Failed: ${form}`)).not.toContain(S);
  expect(withoutSecrets(JSON.stringify({ told: form }))).not.toContain(S);
});

test.each([
  'https://shop.example.com:8443/checkout?page=2',
  'aws secretsmanager get-secret-value --secret-id shop/db --query SecretString',
  'aws rds restore-db-instance --master-user-password "$(cat password)"',
  'arn:aws:rds:*:111122223333:db:shop',
  'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-AbCdEf',
  'password=$DB_PASSWORD',
  'missing required key password: it must be a text',
  'password authentication failed for user "shop"',
])('what is no secret stays: %s', (text) => {
  expect(withoutSecrets(text)).toBe(text);
});

test('a drill has nothing that is taken for a secret', async () => {
  for (const path of shippedDrills) {
    const { entries } = await rehearsed(loadDrill(path));
    expect(JSON.stringify(entries)).not.toContain('[secret]');
  }
});

describe('a value that the process has read as a secret', () => {
  const value = 'Tr0ub4dor&3 "x"';

  test('is taken out in every form in which it may be told', () => {
    keepSecret(value);
    for (const form of [value, JSON.stringify(value), encodeURIComponent(value), Buffer.from(value).toString('base64')])
      expect(withoutSecrets(`it said ${form} and no more`)).toMatch(/^it said "?\[secret\]"? and no more$/);
  });

  test('is found among what RDS writes into a secret, and the rest of it is none', () => {
    keepSecretsIn('{"username":"storefront","host":"db.example.com","port":5432,"password":"9f8e-Plain"}');
    expect(withoutSecrets('storefront@db.example.com said 9f8e-Plain')).toBe('storefront@db.example.com said [secret]');
  });

  test('is left where it is a name that the topology gives', async () => {
    keepSecret('ecommerce-db-primary');
    expect((await rehearsed(loadDrill('drills/multi-region-failover.yaml'))).outcome).toBe('passed');
  });
});

test('one text that takes long is no way to hold a run up', () => {
  for (const bad of ['password="a', '://a:b', '-u ', 'mysql ', 'a.', 'http://a', '_key'])
    withoutSecrets(`${bad.repeat(20_000)} token`);
}, 5_000);

describe('the door of the journal', () => {
  const planted = (event: object): string => {
    const journal = memoryJournal(new VirtualClock(0));
    return JSON.stringify(journal.append(event as RunEvent));
  };

  test.each<object>([
    { type: 'run-ended', outcome: 'failed', reason: `password=${S}` },
    { type: 'abort-requested', reason: `the token: ${S}` },
    { type: 'step-ended', step: 'x', outcome: 'failed', error: { name: 'E', message: 'm', hint: `pwd=${S}` } },
    { type: 'step-ended', step: 'x', outcome: 'ok', result: { deep: [{ password: S }] } },
    { type: 'step-observed', step: 'x', done: false, state: { env: [{ name: 'DB_PASSWORD', value: S }] } },
    { type: 'answered', step: 'x', by: `Bearer ${S}`, approves: true },
    { type: 'data-check', check: 'x', title: 'x', instance: 'x', ok: false, detail: '', rows: [{ clientSecret: S }] },
  ])('lets no secret in: %j', (event) => {
    expect(planted(event)).not.toContain(S);
    expect(planted(event)).toContain('[secret]');
  });

  test('so none is in any report, on the screen, or in the log', async () => {
    const folder = newFolder();
    const titles = `title="Drill with password=${S} and ghp_${S}${S}"`;
    const log = join(folder, 'run.log');
    const said = await here([
      ...['run', 'drills/multi-region-failover.yaml', '--runs', folder, '--set', titles],
      ...['--log-file', log, '--log-level', 'debug', ...formatNames.flatMap((format) => ['--format', format])],
    ]);
    expect(said.exitCode).toBe(0);
    const [run = ''] = readdirSync(folder).filter((name) => !name.includes('.'));
    const files = readdirSync(join(folder, run)).map((name) => join(folder, run, name));
    expect(files.length).toBeGreaterThan(formatNames.length);
    for (const file of [...files, log]) expect([file, readFileSync(file, 'latin1').includes(S)]).toEqual([file, false]);
    expect(readFileSync(join(folder, run, 'journal.jsonl'), 'utf8')).toContain('[secret]');
    expect(said.err).not.toContain(S);
  });
});
