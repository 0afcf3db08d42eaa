import { expect, test, vi } from 'vitest';
import { isChange } from '../../src/aws/changes.ts';
import { gateway } from '../../src/aws/gateway.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import { simulationSchema } from '../../src/drill/simulation.ts';
import { liveTransport } from '../../src/live/transport.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { served } from '../server/server.ts';
import { RECOVERY, topology } from '../simulator/world.ts';

test('a function may take longer than a call usually has, where that was said', async () => {
  const clock = realClock();
  const functions = [{ function: 'slow', takes: '5300 ms', answers: 'done' }];
  const world = simulate({ topology: topology(), simulation: simulationSchema.parse({ functions }), seed: 1, clock });
  const { url } = await served({ world });
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'simulated');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key-of-no-account');
  const options = {
    transport: await liveTransport(clock, { region: RECOVERY }),
    clock,
    regions: [RECOVERY],
    record: () => {},
  };
  const aws = gateway({
    ...options,
    isChange: (service, operation) => isChange(`${service}:${operation}`),
    jitter: () => 0,
  });
  const call = (answerWithinMs?: number) =>
    aws({ step: 'test', signal: AbortSignal.timeout(20_000) }).call(
      'lambda',
      RECOVERY,
      'Invoke',
      { FunctionName: 'slow' },
      answerWithinMs === undefined ? {} : { answerWithinMs },
    );
  const [patient, hasty] = await Promise.allSettled([call(10_000), call()]);
  expect(patient).toMatchObject({ status: 'fulfilled', value: { StatusCode: 200 } });
  expect(hasty).toMatchObject({ status: 'rejected', reason: { code: 'unknown-outcome' } });
});
