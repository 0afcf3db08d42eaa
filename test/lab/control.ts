import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FailureKind } from '../../src/ports/failure.ts';

export interface Controls {
  /** Gives the moment of it, in epoch milliseconds. */
  fail(kind: FailureKind): Promise<number>;
  heal(kind: FailureKind): Promise<void>;
  active(kind: FailureKind): Promise<boolean>;
  /** Everything that only the lab can know. */
  truth(): Promise<object>;
}

const KINDS: readonly string[] = ['region-outage', 'writer-loss'] satisfies FailureKind[];
const THERE = `POST /fail/<kind>, POST /heal/<kind>, GET /active/<kind> or GET /truth; kinds: ${KINDS.join(', ')}`;

/** What the drill's failure commands call, on loopback; the last line of an answer to `fail` is the instant of the kill. */
export async function startControl(controls: Controls): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    request.resume();
    const { status, text } = await answer(controls, `${request.method} ${request.url}`).catch((error: Error) => ({
      status: 500,
      text: error.message,
    }));
    response.writeHead(status).end(`${text}\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(controls: Controls, asked: string): Promise<{ status: number; text: string }> {
  if (asked === 'GET /truth') return { status: 200, text: JSON.stringify(await controls.truth()) };
  const [, what = '', kind = ''] = /^(POST \/fail|POST \/heal|GET \/active)\/([\w-]+)$/.exec(asked) ?? [];
  if (!isKind(kind)) return { status: 404, text: THERE };
  switch (what) {
    case 'POST /fail':
      return { status: 200, text: new Date(await controls.fail(kind)).toISOString() };
    case 'POST /heal':
      await controls.heal(kind);
      return { status: 200, text: 'healed' };
    default:
      return (await controls.active(kind)) ? { status: 200, text: 'active' } : { status: 404, text: 'not active' };
  }
}

const isKind = (kind: string): kind is FailureKind => KINDS.includes(kind);

/** Shell commands for a drill file, with what this machine has: curl is the quickest, and Node is there always. */
export function commandsFor(url: string, hasCurl: boolean): { inject: string; heal: string; active: string } {
  const call = (method: string, path: string): string =>
    hasCurl
      ? `curl -fsS -X ${method} ${url}/${path}/$DR_DRILL_FAILURE`
      : `'${process.execPath}' -e "fetch('${url}/${path}/'+process.env.DR_DRILL_FAILURE,{method:'${method}'}).then(async(a)=>{console.log(await a.text());process.exit(a.ok?0:1)})"`;
  // Of curl's exit codes all but 0 and 1 would be an error of the command.
  const look = hasCurl ? call('GET', 'active').replace('-fsS', '-fs') : call('GET', 'active');
  return { inject: call('POST', 'fail'), heal: call('POST', 'heal'), active: `${look} || exit 1` };
}
