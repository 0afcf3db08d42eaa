import { defineConfig } from 'vitest/config';

/** Tests that open a report in a real Chromium, and its PDF with poppler. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/browser/**/*.test.ts'],
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
