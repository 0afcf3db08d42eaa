import { defineConfig } from 'vitest/config';

/** Tests with moto, the AWS CLI and boto3, which `scripts/wire-venv.sh` installs: they start processes, so one file runs at a time. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/wire/**/*.test.ts'],
    globalSetup: 'test/cli/build.ts',
    pool: 'forks',
    maxWorkers: 1,
    // As many programs at a time as there are cores.
    maxConcurrency: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', DR_DRILL_KEYS: 'node_modules/.cache/test-keys' },
  },
});
