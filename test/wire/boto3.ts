import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { outsideEnvironment, program } from './outside.ts';

/** What boto3 raised, named by the code on the wire. */
export class Boto3Error extends Error {
  readonly type: string;
  readonly status: number | null;

  constructor({ code, message, type, status }: NonNullable<Said['error']>) {
    super(message);
    this.name = code ?? type;
    this.type = type;
    this.status = status;
  }
}

interface Said {
  output?: object;
  requestId?: string;
  type?: string;
  unread?: string | null;
  error?: { code: string | null; message: string; type: string; status: number | null };
}

/** boto3 in a process of its own, which answers one call after another. */
export class Boto3 {
  /** Values that were sent and that botocore's model of the service does not know. */
  readonly unread: string[] = [];
  /** Everything that it wrote to stderr. */
  complaints = '';
  /** The content types that answers came in, by service. */
  readonly contentTypes = new Map<string, string>();
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: ((said: Said) => void)[] = [];

  constructor(endpoint: string) {
    this.#child = spawn(program('python'), ['test/wire/boto3_calls.py'], { env: outsideEnvironment(endpoint) });
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.complaints += text;
    });
    createInterface(this.#child.stdout).on('line', (line) => this.#waiting.shift()?.(JSON.parse(line)));
    this.#child.on('close', () => {
      const error = { code: null, type: 'Ended', message: this.complaints, status: null };
      for (const wake of this.#waiting.splice(0)) wake({ error });
    });
  }

  /** Sends a call; gives what boto3 parsed, with instants as ISO strings. */
  async call<T = object>(service: string, region: string, operation: string, input: object = {}): Promise<T> {
    const { output, type, unread } = await this.#ask({ service, region, operation, input });
    if (unread) this.unread.push(`${service} ${operation}: ${unread}`);
    if (type) this.contentTypes.set(service, type);
    return output as T;
  }

  /** Everything that a paginator finds with pages of that size. */
  async pages<T = object>(service: string, region: string, operation: string, input: object, size: number): Promise<T> {
    const { output } = await this.#ask({ service, region, operation, input, pages: size });
    return output as T;
  }

  /** Waits with one of boto3's own waiters. */
  async wait(service: string, region: string, waiter: string, input: object): Promise<void> {
    await this.#ask({ service, region, wait: waiter, input });
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    await closed;
  }

  async #ask(request: object): Promise<Said> {
    if (this.#child.exitCode !== null) throw new Error(`boto3 has ended: ${this.complaints}`);
    const said = await new Promise<Said>((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    if (said.error) throw new Boto3Error(said.error);
    return said;
  }
}
