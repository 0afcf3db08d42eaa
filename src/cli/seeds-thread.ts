import { parentPort, workerData } from 'node:worker_threads';
import { loadForSeeds, type Range, rehearseSeed, type SeedsOf } from './seeds.ts';
import { processTerminal } from './terminal.ts';

/** What a thread of `rehearse` does: reads the drill once, and rehearses the seeds that it is given. */
export function answerWithSeeds(): void {
  const loaded = loadForSeeds(workerData as SeedsOf, processTerminal());
  parentPort?.on('message', async ({ from, to }: Range) => {
    const results = [];
    for (let seed = from; seed <= to; seed += 1) results.push(await rehearseSeed(loaded, seed));
    parentPort?.postMessage(results);
  });
}
