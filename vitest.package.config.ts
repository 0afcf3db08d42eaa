import { defineConfig } from 'vitest/config';

/** Tests of the package as people install it: packed, then installed by each package manager into an empty folder. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/package/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    maxConcurrency: 2,
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
