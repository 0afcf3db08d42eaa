import { expect, test } from 'vitest';
import * as iam from '../src/aws/services/iam.ts';
import { services } from '../src/aws/services/index.ts';
import * as route53 from '../src/aws/services/route-53.ts';
import { globalRegionOf, isAwsHost, partitionOf } from '../src/partition.ts';

/** A region of each partition that AWS has. */
const REGIONS = {
  aws: 'ap-northeast-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-east-1',
  'aws-eusc': 'eusc-de-east-1',
  'aws-iso': 'us-iso-west-1',
  'aws-iso-b': 'us-isob-east-1',
  'aws-iso-e': 'eu-isoe-west-1',
  'aws-iso-f': 'us-isof-east-1',
};

interface Endpoint {
  url: URL;
  properties?: { authSchemes?: { signingRegion?: string }[] };
}

interface Endpoints {
  config: { endpointProvider(given: { Region: string; UseDualStack?: boolean; UseFIPS?: boolean }): Endpoint };
}

const endpointsOf = (Client: unknown): Endpoints['config'] =>
  new (Client as new (settings: object) => Endpoints)({ region: 'us-east-1' }).config;

test.each(Object.entries(REGIONS))('the partition %s is that of %s', (name, region) => {
  expect(partitionOf(region).name).toBe(name);
});

test.each(
  Object.values(REGIONS).flatMap(
    (region) =>
      [
        ['route53' as const, region, route53.Client],
        ['iam' as const, region, iam.Client],
      ] as const,
  ),
)('%s of %s is called in the region that the SDK signs for', (service, region, Client) => {
  const { properties } = endpointsOf(Client).endpointProvider({ Region: region });
  expect(globalRegionOf(service, region)).toBe(properties?.authSchemes?.[0]?.signingRegion);
});

test.each(Object.keys(services).filter((name) => name !== 'route53recoverycluster'))(
  'the endpoints of %s are known as those of AWS in every partition',
  (service) => {
    const { endpointProvider } = endpointsOf(services[service as keyof typeof services].Client);
    for (const region of Object.values(REGIONS))
      for (const UseDualStack of [false, true])
        expect(isAwsHost(endpointProvider({ Region: region, UseDualStack }).url.hostname, region)).toBe(true);
  },
);

test('a host that only looks like one of AWS, or is one of another partition, is none', () => {
  expect(isAwsHost('amazonaws.com.example.org', 'eu-west-1')).toBe(false);
  expect(isAwsHost('notamazonaws.com', 'eu-west-1')).toBe(false);
  expect(isAwsHost('rds.eu-west-1.amazonaws.com', 'cn-north-1')).toBe(false);
});
