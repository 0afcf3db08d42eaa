import { getHeapCodeStatistics } from 'node:v8';
import { rehearse } from '../src/cli/rehearse.ts';
import { loadDrill } from '../src/drill/load.ts';
import { memoryJournal } from '../src/journal/journal.ts';

/** Runs one drill with many seeds: how fast, with how many calls, and what stays in memory. */
async function main({ counted, grown }: { counted: number; grown: number }) {
  const { drill, topology } = loadDrill('drills/multi-region-failover.yaml');
  const calls: number[] = [];
  const run = async (seed: number) => {
    let made = 0;
    const onEntry = ({ type }: { type: string }) => {
      if (type === 'call') made += 1;
    };
    await rehearse({ drill, topology, seed, openJournal: memoryJournal, onEntry });
    return made;
  };
  // What V8 compiles and optimizes as it goes is no memory of any drill.
  const heap = () => {
    global.gc?.();
    const { code_and_metadata_size: code, bytecode_and_metadata_size: bytecode } = getHeapCodeStatistics();
    return process.memoryUsage().heapUsed - code - bytecode;
  };

  for (let seed = 1; seed <= 50; seed += 1) await run(seed);
  const startMs = performance.now();
  const cpu = process.cpuUsage();
  for (let seed = 1; seed <= counted; seed += 1) calls.push(await run(seed));
  const tookMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);

  const before = heap();
  for (let seed = 1; seed <= grown; seed += 1) await run(seed);
  const after = heap();
  calls.sort((a, b) => a - b);
  console.log(
    JSON.stringify({
      drills: grown,
      perSecond: (counted / tookMs) * 1000,
      cpuMsPerDrill: (user + system) / 1000 / counted,
      calls: { median: calls[calls.length >> 1], least: calls[0], most: calls.at(-1) },
      peakBytes: process.resourceUsage().maxRSS * 1024,
      heapBytes: before,
      grownBytes: after - before,
    }),
  );
}

await main(JSON.parse(process.argv[2] ?? ''));
