import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';

const bin = resolve('node_modules/.cache/wire-venv/bin');

/** A program of the private Python that `scripts/wire-venv.sh` makes. */
export function program(name: 'python' | 'moto_server' | 'aws' | 'cfn-lint'): string {
  const path = join(bin, name);
  if (existsSync(path)) return path;
  throw new Error('There is no Python with moto, the AWS CLI and boto3: run scripts/wire-venv.sh.');
}

const home = mkdtempSync(join(tmpdir(), 'dr-drill-wire-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** What programs of others are given: the endpoint, credentials that are none, and nothing of anyone who runs the tests. */
export const outsideEnvironment = (endpoint: string): NodeJS.ProcessEnv => ({
  PATH: `${bin}:${process.env.PATH}`,
  HOME: home,
  LANG: 'C.UTF-8',
  NO_PROXY: '127.0.0.1',
  PYTHONUNBUFFERED: '1',
  // Someone else's usual region: anyone who forgets to name one finds nothing there.
  AWS_DEFAULT_REGION: 'eu-west-1',
  ...awsEnvironment(endpoint),
});

/** The part of it that is AWS's. */
export const awsEnvironment = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_CONFIG_FILE: join(home, 'no-config'),
  AWS_SHARED_CREDENTIALS_FILE: join(home, 'no-credentials'),
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PAGER: '',
});

export interface Answer {
  code: number | null;
  out: string;
  err: string;
}

/** Where the AWS CLI listens that was loaded once, and under which folder it is the program `aws`. */
interface LoadedCli {
  socket: string;
  folder: string;
}

let loading: Promise<LoadedCli> | undefined;
let end = async () => {};
afterAll(() => end());

async function loadCli(): Promise<LoadedCli> {
  const cli = { socket: join(home, 'aws.sock'), folder: join(home, 'bin') };
  const path = resolve('test/wire/aws_cli.py');
  mkdirSync(cli.folder);
  symlinkSync(path, join(cli.folder, 'aws'));
  const child = spawn(program('python'), [path, cli.socket], {
    env: outsideEnvironment(''),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = new Promise<void>((done) => child.once('close', () => done()));
  end = () => {
    child.kill();
    return closed;
  };
  await new Promise((done, reject) => {
    child.stdout.once('data', done);
    child.once('close', () => reject(new Error('The AWS CLI cannot be loaded.')));
  });
  return cli;
}

/** Types a command line into a shell that finds the AWS CLI. */
export async function shell(command: string, endpoint: string): Promise<Answer> {
  loading ??= loadCli();
  const { socket, folder } = await loading;
  const environment = outsideEnvironment(endpoint);
  const child = spawn('bash', ['-o', 'pipefail', '-c', command], {
    env: { ...environment, PATH: `${folder}:${environment.PATH}`, AWS_CLI_SOCKET: socket },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const answer: Answer = { code: null, out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    answer.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    answer.err += text;
  });
  return new Promise((done) => child.on('close', (code) => done({ ...answer, code })));
}
