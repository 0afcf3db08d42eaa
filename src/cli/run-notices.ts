import { hostname } from 'node:os';
import type { Clock } from '../clock/clock.ts';
import { channelsOf } from '../drill/notices.ts';
import type { Topology } from '../drill/topology.ts';
import type { Surroundings } from '../run/play.ts';

interface Around {
  topology: Topology;
  /** As people are told where the run is. */
  folder: string;
  clock: Clock;
  /** How a live run sends messages; a dry run sends none, nor does one that only reads. */
  send?: (() => Promise<NonNullable<Parameters<Telling>[0]['send']>>) | undefined;
}

type Telling = typeof import('../notices/telling.ts')['telling'];

/** How a run tells people. Nothing is loaded where the topology has no channels. */
export async function noticesFor({ topology, folder, clock, send }: Around): Promise<Surroundings['notices']> {
  const channels = channelsOf(topology);
  if (channels.length === 0) return undefined;
  const { telling } = await import('../notices/telling.ts');
  const kept = { folder, host: hostname() };
  const sends = await send?.();
  return (journalled) => telling({ channels, kept, clock, send: sends, ...journalled });
}
