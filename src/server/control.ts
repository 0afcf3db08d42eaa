import * as z from 'zod';
import type { ServedWorld } from './answer-call.ts';
import type { Chaos } from './chaos.ts';
import { type Received, type Reply, textOf } from './exchange.ts';

const PREFIX = '/_dr-drill/';

export const isControl = ({ path }: Received): boolean => path.startsWith(PREFIX);

/** The server's own endpoint, beside AWS's: the world as JSON, and what goes wrong on the way. */
export function control(
  { method, path, headers, body }: Received,
  world: Pick<ServedWorld, 'state'>,
  chaos: Chaos,
): Reply {
  switch (`${method} ${path.slice(PREFIX.length)}`) {
    case 'GET state':
      return json(200, { world: world.state(), chaos: chaos.settings() });
    case 'GET chaos':
      return json(200, chaos.settings());
    case 'POST chaos':
      // A form of a web page can be sent without asking; JSON cannot.
      return /^application\/json\b/i.test(headers['content-type'] ?? '')
        ? changed(body, chaos)
        : json(415, { error: 'Send JSON, as Content-Type: application/json.' });
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

const json = (status: number, value: unknown): Reply => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: `${JSON.stringify(value)}\n`,
});
