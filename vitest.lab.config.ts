import { defineConfig } from 'vitest/config';

/** Tests with real servers: they start processes and listen on loopback addresses, so one file runs at a time. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/lab/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    // A drill and its way home are lived through.
    testTimeout: 180_000,
    hookTimeout: 60_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', DR_DRILL_KEYS: 'node_modules/.cache/test-keys' },
  },
});
