import { defineConfig } from 'vitest/config';

/** Tests against a real OpenTelemetry Collector, which `scripts/otel-collector.sh` builds. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/collector/**/*.test.ts'],
    globalSetup: 'test/cli/build.ts',
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', DR_DRILL_KEYS: 'node_modules/.cache/test-keys' },
  },
});
