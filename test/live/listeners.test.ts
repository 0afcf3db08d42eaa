import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { gateway } from '../../src/aws/gateway.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import { liveTransport } from '../../src/live/transport.ts';
import { served } from '../server/server.ts';
import { RECOVERY } from '../simulator/world.ts';

const warnings: Error[] = [];
const note = (warning: Error) => warnings.push(warning);
process.on('warning', note);
afterEach(() => {
  process.off('warning', note);
  vi.unstubAllEnvs();
});

test('a step that asks AWS for many things at once is told of no leak, and leaves no listener on its signal', async () => {
  const { url } = await served();
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'simulated');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key-of-no-account');
  const clock = realClock();
  const { signal } = new AbortController();
  const aws = gateway({
    transport: await liveTransport(clock, { region: RECOVERY }),
    clock,
    regions: [RECOVERY],
    record: () => {},
    isChange: () => false,
    jitter: () => 0,
  })({ step: 'test', signal });
  const many = Array.from({ length: 15 }, () => aws.call('rds', RECOVERY, 'DescribeDBInstances', {}));
  await Promise.all(many);
  await setImmediate();
  expect(warnings.filter(({ name }) => name === 'MaxListenersExceededWarning')).toEqual([]);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
