import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../src/clock/virtual-clock.ts';
import { loadDrill } from '../src/drill/load.ts';
import type { RunEvent } from '../src/journal/events.ts';
import { memoryJournal } from '../src/journal/journal.ts';
import { formatNames } from '../src/report/format-names.ts';
import { keepSecret, keepSecretsIn, withoutSecrets } from '../src/secrets.ts';
import { here, newFolder } from './cli/command.ts';
import { drillText, shippedDrills } from './drill/files.ts';
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
  `https://outlook.office.com/webhook/${S}/IncomingWebhook/${S}`,
  // Apart from its name: containers, manifests, attributes, forms
  `[{"name":"DB_PASSWORD","value":"${S}"}]`,
  `[{"value":"${S}","name":"DB_PASSWORD"}]`,
  `- name: DB_PASSWORD\n  value: ${S}`,
  `stringData:\n  anything: ${S}`,
  `{"kind":"Secret","stringData":{"a":"${S}"}}`,
  `<add key="Password" value="${S}"/>`,
  `password%22%3A%22${S}%22`,
  `password=\n${S}`,
  `password="""${S}"""`.replaceAll('\\"', '"'),
  // Sentences, and what programs ask for
  `Password is ${S}`,
  `AUTH default ${S}`,
  `SMTP_PASS=${S}`,
  `SET PASSWORD FOR shop = '${S}'`,
  `ALTER USER shop IDENTIFIED BY ${S}`,
  `echo ${S} | docker login --password-stdin`,
  `docker login -u shop -p ${S}`,
  `openssl rsa -passin pass:${S}`,
  `REDISCLI_AUTH=${S}`,
  `Ocp-Apim-Subscription-Key: ${S}`,
  `"routing_key":"${S}"`,
  `JSESSIONID=${S}`,
  `<MasterUserPassword>${S}</MasterUserPassword>`,
  `sasl.jaas.config=ScramLoginModule required username="u" password="${S}";`,
  // Connection strings of drivers that have forms of their own
  `root:${S}@tcp(db:3306)/shop?parseTime=true`,
  `scott/${S}@//db.example.com:1521/orcl`,
  `jdbc:oracle:thin:scott/${S}@db:1521:orcl`,
  `jdbc:sqlserver://db:1433;user=sa;password=${S};`,
  `sqlserver://sa:${S}@db?database=shop`,
  `Uid=sa;Pwd=${S};`,
  `nats://${S}@mq:4222`,
  `SharedAccessSignature=sv=1&sig=${S}%3D&se=2`,
  `SELECT dblink_connect('host=h user=u password=${S}')`,
  // Hashes of passwords
  `$2b$10$${S}${S}`,
  `$6$salt$${S}${S}`,
  `{SSHA}${S}==`,
  `SCRAM-SHA-256$4096:${S}==$${S}=:${S}=`,
  // What programs say of them
  `Incorrect API key provided: ${S}`,
  `Authorization: NTLM ${S}`,
  `ALTER ROLE app PASSWORD E'${S}'`,
  `Private-Lines: 2\n${S}\n${S}\nPrivate-MAC: 0123456789abcdef0123`,
  `"set-cookie":["sid=${S}; Path=/"]`,
  `kubectl create secret generic db --from-literal=anything=${S}`,
  `helm install shop --set auth.rootPassword=${S},replicas=1`,
  `aws ssm put-parameter --type SecureString --value ${S}`,
  `vault write auth/shop password=${S}`,
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
  'The password is wrong, and the token of EKS is renewed.',
  '111122223333',
  'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  'arn:aws:iam::111122223333:role/token-reader',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  '"prev":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
  '2026-11-23T09-30-00Z-snapshot-restore',
  'rds:ecommerce-db-primary-2026-01-04-17-05',
  'automatic.ecommerce-cache-001-2026-01-04-17-00',
  '{"password":{"from":"secret","name":"shop/db"}}',
  '"secret":"shop/db"',
  'signature: manifest.json.sig',
  'tests pass: 3 of 4',
  'shop/checkout@sha256:9f86d081884c7d659a2f is not ready',
  'secretRef: shop-db, namespace: shop',
  'ops/on-call@example.com was asked',
  'max_tokens=4096',
  'docker run -p 8080:80 shop',
  'sg-0a1b2c3d4e5f60001 Z0123456789ABCDEFGHIJ i-0abcdef1234567890',
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

  test('is taken out of forms, of HTML, of a log-in in Base64, and of lines that break it', () => {
    const one = 'k9/Vx+2q<Zr&7Lm0pW';
    keepSecret(one);
    const html = one.replace('&', '&amp;').replace('<', '&lt;');
    const basic = ['shop:', 'ab:', 'x:'].map((user) => Buffer.from(`${user}${one}`).toString('base64'));
    const wrapped = [...one].join('\n');
    const inJson = JSON.stringify(`${one.slice(0, 9)}\n    ${one.slice(9)}`);
    for (const form of [
      one,
      html,
      encodeURIComponent(one).replace(/%../g, (byte) => byte.toLowerCase()),
      ...basic,
      wrapped,
      inJson,
      JSON.stringify(inJson),
    ]) {
      const left = withoutSecrets(`it said ${form} and no more`);
      expect(left).toContain('[secret]');
      expect(left).toMatch(/^it said .*and no more$/s);
      for (const piece of [one.slice(0, 9), one.slice(9)]) expect(left).not.toContain(piece);
      // What is left of a log-in in Base64 says nothing about the password.
      expect(Buffer.from(/[\w+/=]{12,}/.exec(left)?.[0] ?? '', 'base64').toString()).not.toContain('Vx+2q');
    }
  });

  test('is found though it is short, and no hash, ARN or name loses a part that looks the same', () => {
    keepSecret('a1b2c3');
    expect(withoutSecrets('it said a1b2c3, "a1b2c3" and a1b2c3')).toBe('it said [secret], "[secret]" and [secret]');
    for (const text of ['sg-0a1b2c3d4e5f60001', 'arn:aws:kms:eu-west-1:111122223333:key/a1b2c3d4-12ab', '9f86a1b2c3ff'])
      expect(withoutSecrets(text)).toBe(text);
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

test.each([
  ...[
    'password="a',
    '://a:b',
    '-u ',
    'mysql ',
    'a.',
    'http://a',
    '_key',
    '$2b$',
    'a/b',
    'Private-Lines: 1 a ',
    'name="',
  ],
  ...['kind: Secret data: ', '<a name=', 'data:\n a', 'a:b@', '{"a":'],
])('a long text of %j does not hold a run up', { timeout: 60_000 }, (bad) => {
  const begun = process.cpuUsage();
  withoutSecrets(`${bad.repeat(20_000)} token`);
  // Beside other tests the wall clock says nothing about ours.
  expect(process.cpuUsage(begun).user / 1_000).toBeLessThan(3_000);
});

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

  test('so none is in any report, bundle, index or log, on the screen, or in what people say afterwards', async () => {
    const runs = newFolder();
    const planted = `password=${S} and ghp_${S}${S}`;
    const drill = join(newFolder(), 'planted.yaml');
    writeFileSync(
      drill,
      drillText('drills/multi-region-failover.yaml').replace(/^title: .*$/m, `title: 'Drill with ${planted}'`),
    );
    const log = join(runs, 'run.log');
    const bundle = join(runs, 'run.zip');
    const calendar = join(runs, 'drills.ics');
    const schedule = join(runs, 'schedule.yaml');
    writeFileSync(
      schedule,
      `schedule: shop\nsince: 2026-01-01\nexercises: [{ drill: '${drill}', every: month, week: 2, owner: 'password=${S}' }]\n`,
    );
    const screens: [string, string][] = [];
    const said = async (...words: string[]) => {
      const { exitCode, out, err } = await here(words);
      screens.push([`the screen of ${words[0]}`, `${out}${err}`]);
      expect([words[0], exitCode, err]).toEqual([words[0], expect.toBeOneOf([0, 1]), expect.any(String)]);
    };
    await said('run', drill, '--runs', runs, '--log-file', log, '--log-level', 'debug', '--format', ...formatNames);
    const [run = ''] = readdirSync(runs).filter((name) => !name.includes('.'));
    const folder = join(runs, run);
    await said('debrief', folder, '--well', `It told ${planted}`, '--action', `Fix ${planted}; ${planted}; 2027-01-01`);
    await said('bundle', folder, '-o', bundle);
    await said('verify', bundle);
    await said('history', '--runs', runs);
    await said('calendar', schedule, '--runs', runs, '--ics', calendar, '--at', '2026-06-01');
    const files = [...readdirSync(folder), '../index.jsonl'].map((name) => join(folder, name));
    expect(files.length).toBeGreaterThan(formatNames.length + 4);
    const inBundle = Object.entries(unzipSync(readFileSync(bundle)));
    const texts: [string, string][] = [
      ...[...files, log, calendar].map((file): [string, string] => [file, readFileSync(file, 'latin1')]),
      ...inBundle.map(([name, bytes]): [string, string] => [name, Buffer.from(bytes).toString('latin1')]),
      ...screens,
    ];
    for (const [where, text] of texts) expect([where, unfolded(text).includes(S)]).toEqual([where, false]);
    for (const file of ['journal.jsonl', 'debrief.jsonl', 'report.md', 'report.junit.xml', 'report.oscal.json'])
      expect([file, readFileSync(join(folder, file), 'utf8')]).toEqual([file, expect.stringContaining('secret')]);
    expect(readFileSync(calendar, 'utf8')).toContain('[secret]');
  });
});

/** iCalendar folds long lines. */
const unfolded = (text: string): string => text.replace(/\r\n /g, '');
