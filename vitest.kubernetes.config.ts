import { defineConfig } from 'vitest/config';

/** Tests against a real Kubernetes API server, which `scripts/kube-apiserver.sh` builds. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/kubernetes/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
