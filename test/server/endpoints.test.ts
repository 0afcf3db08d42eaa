import { expect, test } from 'vitest';
import { simulationSchema } from '../../src/drill/simulation.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { RECOVERY, REPLICA, topology } from '../simulator/world.ts';
import { clientOf, send, served, stillClock, stillWorld } from './server.ts';

const real = { endpoint: 'https://127.0.0.1:6443', certificateAuthority: 'Y2VydGlmaWNhdGU=' };

test('a world with something real behind it says where that stands', async () => {
  const endpoints = { databasePort: 15432, clusters: { 'ecommerce-recovery': real } };
  const simulation = simulationSchema.parse({});
  const { url } = await served({
    world: simulate({ topology: topology(), simulation, seed: 1, clock: stillClock(), endpoints }),
  });
  expect(
    await send(clientOf('rds', url), 'rds', 'DescribeDBInstances', { DBInstanceIdentifier: REPLICA }),
  ).toMatchObject({ DBInstances: [{ Endpoint: { Port: 15432 } }] });
  expect(await send(clientOf('eks', url), 'eks', 'DescribeCluster', { name: 'ecommerce-recovery' })).toMatchObject({
    cluster: { endpoint: real.endpoint, certificateAuthority: { data: real.certificateAuthority } },
  });
});

test('any other says where AWS would have it, with a certificate that is none', async () => {
  const described = await stillWorld().answer(
    { service: 'eks', region: RECOVERY, operation: 'DescribeCluster' },
    { name: 'ecommerce-recovery' },
  );
  expect(described).toMatchObject({
    cluster: {
      endpoint: expect.stringMatching(/^https:\/\/[\dA-F]{8}\.gr7\.ap-northeast-1\.eks\.amazonaws\.com$/),
      certificateAuthority: { data: Buffer.from('simulated').toString('base64') },
    },
  });
});
