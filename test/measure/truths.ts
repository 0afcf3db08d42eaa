import fc from 'fast-check';
import type { FailoverTruth } from './synthetic-run.ts';

/** Failovers of every shape that goes to its end: whole milliseconds, verification longer than the drill asks for. */
export const truths: fc.Arbitrary<FailoverTruth> = fc
  .record({
    impairedAt: fc.integer({ min: 20_000, max: 60_000 }),
    detectTakes: fc.integer({ min: 1, max: 120_000 }),
    decideTakes: fc.integer({ min: 0, max: 20_000 }),
    executeTakes: fc.integer({ min: 10, max: 300_000 }),
    propagateTakes: fc.integer({ min: 5_001, max: 90_000 }),
    verifyTakes: fc.integer({ min: 80_000, max: 120_000 }),
    lag: fc.integer({ min: 0, max: 10_000 }),
    probeEvery: fc.integer({ min: 250, max: 5_000 }),
    heartbeatEvery: fc.integer({ min: 50, max: 2_000 }),
    phase: fc.double({ min: 0, max: 0.999, noNaN: true }),
  })
  .map(({ phase, ...truth }) => ({ ...truth, probePhase: Math.floor(phase * truth.probeEvery) }));
