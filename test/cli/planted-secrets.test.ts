import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { inflateSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { formatNames } from '../../src/report/format-names.ts';
import { shippedTopology } from '../drill/files.ts';
import { drDrill, newFolder } from './command.ts';
import { liveAccount } from './live-account.ts';
import { awsHome } from './sign-in.ts';

/** One secret for each place that a live run meets; none is a part of another. */
const PLACES = [
  ...['environment', 'credentials', 'session', 'config', 'secret', 'secretText', 'connection', 'sql', 'body', 'header'],
  ...['sent', 'command', 'commandError', 'kubernetes', 'own', 'hint', 'state', 'result', 'thrownLate', 'title'],
  ...['well', 'action', 'owner'],
] as const;
type Place = (typeof PLACES)[number] | string;
const S = Object.fromEntries(PLACES.map((place, at) => [place, `Zq${at}x${place}Hunter2Kw${at}v`])) as Record<
  Place,
  string
>;

/** What others say with a secret in it, as they write it. */
const said = {
  connection: `could not connect to postgres://shop:${S.connection}@db.example.com:5432/shop`,
  sql: `syntax error at or near "ALTER ROLE shop PASSWORD '${S.sql}'"`,
  kubernetes: `admission webhook denied: {"kind":"Secret","stringData":{"anything":"${S.kubernetes}"}}`,
};

/** A module with a step that tells all it can learn: what it sees, gives, notes and throws. */
function ownSteps(folder: string): void {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('.'), join(folder, 'node_modules/dr-drill'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(folder, 'steps.js'),
    `import { readFileSync } from 'node:fs';
import { z, DrillError } from 'dr-drill';
const nothing = z.object({});
const step = (kind, more) => ({
  kind: 'shop.' + kind, params: nothing, given: { schema: nothing, params: (given) => given }, needs: () => [], plane: 'data',
  title: () => kind, calls: [], permissions: () => [], command: () => 'true', usuallyMs: () => 1000, ...more,
});
const files = () => [process.env.AWS_CONFIG_FILE, process.env.AWS_SHARED_CREDENTIALS_FILE].map((file) => readFileSync(file, 'utf8')).join('\\n');
export const tell = step('tell', {
  observe: async () => ({ done: true, state: { env: process.env.SHOP_API_TOKEN, password: '${S.state}', files: files() } }),
  async settle(_, { aws, record }) {
    const { SecretString } = await aws.call('secretsmanager', 'ap-northeast-1', 'GetSecretValue', { SecretId: 'shop/planted' });
    const { SecretString: plain } = await aws.call('secretsmanager', 'ap-northeast-1', 'GetSecretValue', { SecretId: 'shop/plain' });
    const detail = ${JSON.stringify(Object.values(said).join('; '))} + ' ' + JSON.parse(SecretString).password + ' ' + plain;
    record({ type: 'check', check: 'told', layer: 'verification', critical: false, ok: false, detail });
    return { clientSecret: '${S.result}', detail };
  },
});
export const fail = step('fail', {
  observe: async () => ({ done: false, state: null }),
  async apply() {
    setTimeout(() => { throw new Error('token=${S.thrownLate}'); }, 1);
    const cause = Object.assign(new Error(${JSON.stringify(said.sql)}), { name: 'QueryFailed' });
    throw new DrillError('own', 'api_key: "${S.own}"; ' + process.env.SHOP_API_TOKEN + '; ' + files(), { hint: 'Authorization: Bearer ${S.hint}', cause });
  },
});
`,
  );
}

/** An endpoint that gives a secret away in its answer. */
async function telling() {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, {
      'content-type': 'application/json',
      'set-cookie': `sid=${S.header}`,
      'x-api-key': S.header,
    });
    response.end(`{"access_token":"${S.body}","cookie":"sid=${S.header}"}`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/`, close: () => server.close() };
}

test('no secret that a live run meets is on the screen, in its log, journal, reports, bundle, index or evidence', async () => {
  const folder = newFolder();
  const runs = join(folder, 'runs');
  const at = (name: string) => join(folder, name);
  ownSteps(folder);
  const { url, close } = await telling();
  const top = (drill: string) =>
    [
      `drill: ${drill}`,
      `title: 'Drill with password=${S.title}'`,
      'machine: custom',
      `topology: ${shippedTopology}`,
      'steps: [steps.js]',
      'targets: { rto: null, rpo: null }',
    ].join('\n');
  writeFileSync(
    at('told.yaml'),
    `${top('told')}
phases:
  - phase: tell
    steps:
      - { step: tell, uses: shop.tell }
      - { step: ask, uses: http.call, with: { url: '${url}?access_token=${S.sent}', keep: 1000 } }
  - { phase: fail, steps: [{ step: fail, uses: shop.fail }] }
`,
  );
  writeFileSync(
    at('lose.sh'),
    `echo "token: ${S.command} $SHOP_API_TOKEN"; echo "PGPASSWORD=${S.commandError} $SHOP_API_TOKEN" >&2; exit 3\n`,
  );
  writeFileSync(
    at('lost.yaml'),
    `${top('lost')}
failure: { commands: { inject: sh ${at('lose.sh')}, heal: 'true', active: 'false' } }
phases:
  - { phase: fail, steps: [{ step: lose, uses: failure.bring-about, with: { kind: writer-loss } }] }
`,
  );
  const { world, env: account } = await liveAccount();
  for (const [Name, SecretString] of [
    ['shop/planted', `{"username":"shop","password":"${S.secret}"}`],
    ['shop/plain', S.secretText],
  ])
    await world.transport.send('secretsmanager', 'ap-northeast-1', 'CreateSecret', { Name, SecretString });
  const home = awsHome(
    `[profile prod]\nregion = ap-northeast-1\n[profile other]\naws_secret_access_key = ${S.config}\n`,
  );
  writeFileSync(
    home.env.AWS_SHARED_CREDENTIALS_FILE,
    `[prod]\naws_access_key_id = simulated\naws_secret_access_key = ${S.credentials}\naws_session_token = ${S.session}\n`,
  );
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...served } = account;
  const env = {
    ...served,
    ...home.env,
    AWS_PROFILE: 'prod',
    SHOP_API_TOKEN: S.environment ?? '',
    DR_DRILL_KEYS: at('keys'),
  };

  const texts: [string, string][] = [];
  const command = async (words: string[], exitCodes: number[]) => {
    const { exitCode, out, err } = await drDrill(words, { env });
    texts.push([`the screen of ${words.slice(0, 2).join(' ')}`, `${out}${err}`]);
    expect([words[0], exitCode, out, err]).toEqual([words[0], expect.toBeOneOf(exitCodes), out, err]);
  };
  for (const drill of ['told', 'lost']) {
    const logging = ['--log-file', at(`${drill}.log`), '--log-level', 'debug', '--format', ...formatNames];
    await command(['preflight', at(`${drill}.yaml`), '--live'], [0, 1]);
    await command(['run', at(`${drill}.yaml`), '--live', '--confirm', drill, '--runs', runs, ...logging], [3]);
  }
  for (const run of readdirSync(runs).filter((name) => name !== 'index.jsonl')) {
    const folderOf = join(runs, run);
    const [well, action] = [
      `It told password=${S.well}`,
      `Fix token=${S.action}; Mei-Ling Chen; ${new Date().getUTCFullYear() + 1}-01-01`,
    ];
    await command(['debrief', folderOf, '--well', well, '--action', action], [0]);
    await command(['report', folderOf, '--format', ...formatNames], [0, 3]);
    await command(['bundle', folderOf, '-o', at(`${run}.zip`)], [0]);
    await command(['verify', at(`${run}.zip`)], [0]);
    for (const [name, bytes] of Object.entries(unzipSync(readFileSync(at(`${run}.zip`)))))
      texts.push([name, textOf(bytes)]);
  }
  writeFileSync(
    at('schedule.yaml'),
    `schedule: shop\nsince: 2026-01-01\nexercises: [{ drill: '${at('told.yaml')}', every: month, week: 2, owner: 'password=${S.owner}' }]\n`,
  );
  await command(['history', '--runs', runs], [0, 1]);
  await command(
    ['calendar', at('schedule.yaml'), '--runs', runs, '--ics', at('drills.ics'), '--at', '2026-06-01'],
    [0, 1],
  );
  await command(['due', at('schedule.yaml'), '--runs', runs, '--at', '2026-06-01'], [1]);
  close();

  const files = [...filesUnder(runs), ...filesUnder(at('keys')), at('told.log'), at('lost.log'), at('drills.ics')];
  texts.push(...files.map((file): [string, string] => [file, textOf(readFileSync(file))]));
  expect(texts.length).toBeGreaterThan(2 * formatNames.length + 20);
  for (const [where, text] of texts)
    expect([where, Object.keys(S).filter((place) => text.includes(S[place] ?? ''))]).toEqual([where, []]);
  // Each place was met: what stood beside its secret is there.
  const all = texts.map(([, text]) => text).join('\n');
  for (const met of [
    'could not connect to',
    'syntax error at',
    'admission webhook denied',
    'access_token',
    'PGPASSWORD',
    'It told',
    'Drill with',
    'aws_session_token',
    'Fix',
  ])
    expect(all).toContain(met);
}, 120_000);

const filesUnder = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : [path];
  });

/** What is in a file, also where a PDF packs it and where a calendar folds it. */
function textOf(bytes: Uint8Array): string {
  const plain = Buffer.from(bytes).toString('latin1');
  const streams = [...plain.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, packed = '']) => {
    try {
      return inflateSync(Buffer.from(packed, 'latin1')).toString('latin1');
    } catch {
      return '';
    }
  });
  return [plain.replace(/\r\n /g, ''), ...streams].join('\n');
}
