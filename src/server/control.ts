import * as z from 'zod';
import type { ServedWorld } from './answer-call.ts';
import type { Chaos } from './chaos.ts';
import { type Received, type Reply, textOf } from './exchange.ts';
import { askPort, methodsOf, type ServedPorts } from './ports.ts';

const PREFIX = '/_dr-drill/';

export const isControl = ({ path }: Received): boolean => path.startsWith(PREFIX);

interface Controlled {
  world: Pick<ServedWorld, 'state'>;
  chaos: Chaos;
  ports: ServedPorts | undefined;
  /** Fires when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/** The server's own endpoint, beside AWS's: the world as JSON, what goes wrong on the way, and what a live run asks besides AWS. */
export async function control(
  { method, path, headers, body }: Received,
  { world, chaos, ports, signal }: Controlled,
): Promise<Reply> {
  switch (`${method} ${path.slice(PREFIX.length)}`) {
    case 'GET state':
      return json(200, { world: world.state(), chaos: chaos.settings() });
    case 'GET chaos':
      return json(200, chaos.settings());
    case 'GET ports':
      return ports ? json(200, methodsOf(ports)) : json(404, { error: 'Real servers answer for this world.' });
    case 'POST ports':
    case 'POST chaos': {
      // A form of a web page can be sent without asking; JSON cannot.
      if (!/^application\/json\b/i.test(headers['content-type'] ?? ''))
        return json(415, { error: 'Send JSON, as Content-Type: application/json.' });
      if (path.endsWith('chaos')) return changed(body, chaos);
      const said = ports && (await askPort(ports, textOf(body), signal));
      return said === undefined ? json(400, { error: 'There is no such port or method.' }) : sent(200, said);
    }
    default: {
      const there = ['GET /_dr-drill/state', 'GET /_dr-drill/chaos', 'POST /_dr-drill/chaos'];
      return json(404, { error: `There is no ${method} ${path}.`, there });
    }
  }
}

function changed(body: Uint8Array, chaos: Chaos): Reply {
  try {
    chaos.change(JSON.parse(textOf(body)));
  } catch (error) {
    return json(400, { error: error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message });
  }
  return json(200, chaos.settings());
}

const json = (status: number, value: unknown): Reply => sent(status, JSON.stringify(value));

const sent = (status: number, text: string): Reply => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: `${text}\n`,
});
