import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: [
      'test/browser/**',
      'test/collector/**',
      'test/kubernetes/**',
      'test/lab/**',
      'test/package/**',
      'test/wire/**',
    ],
    globalSetup: 'test/cli/build.ts',
    // Processes, as crash tests kill and signal their own; both cores, where vitest would leave one idle.
    // Some run a drill hundreds of times, and a machine may be slow, or busy with more than these tests.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: '100%',
    // Two processes for all files, not one for each: to load and warm up the same code again took as long as the tests.
    isolate: false,
    // Runs make much that lives for a moment only.
    execArgv: ['--max-semi-space-size=32'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', DR_DRILL_KEYS: 'node_modules/.cache/test-keys' },
  },
});
