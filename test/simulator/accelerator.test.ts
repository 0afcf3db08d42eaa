import { expect, test } from 'vitest';
import { GROUPS, inWorld, type Lab, LISTENER, PRIMARY, RECOVERY, refusalOf } from './world.ts';

const OREGON = 'us-west-2';
const AcceleratorArn = LISTENER.split('/listener/')[0];
const lever = 'global-accelerator-dials';

const dial = (lab: Lab, side: 'primary' | 'recovery', TrafficDialPercentage: number) =>
  lab.call('globalaccelerator', OREGON, 'UpdateEndpointGroup', {
    EndpointGroupArn: GROUPS[side],
    TrafficDialPercentage,
  });

const statusOf = async (lab: Lab) =>
  (await lab.call('globalaccelerator', OREGON, 'DescribeAccelerator', { AcceleratorArn })).Accelerator?.Status;

/** Which regions answer new connections, out of forty. */
async function regions(lab: Lab): Promise<string[]> {
  const { addresses } = await lab.ports.dns.resolve('shop.example.com');
  const url = 'https://shop.example.com/health/deep';
  const seen = new Set<string>();
  for (let turn = 0; turn < 40; turn += 1) {
    const answer = lab.ports.http.request({ method: 'GET', url, address: addresses[0] ?? '', timeoutMs: 10_000 });
    seen.add((await answer.catch(() => undefined))?.servedBy ?? 'nobody');
  }
  return [...seen].sort();
}

test('the name leads to the same addresses, wherever customers are sent', () =>
  inWorld({ lever }, async (lab) => {
    const before = await lab.ports.dns.authoritative('shop.example.com');
    expect(before.addresses).toHaveLength(2);
    await dial(lab, 'recovery', 100);
    await dial(lab, 'primary', 0);
    await lab.sleep(60_000);
    expect(await lab.ports.dns.authoritative('shop.example.com')).toEqual(before);
    expect(await regions(lab)).toEqual([RECOVERY]);
  }));

test('a dial takes a while to be deployed, and edges go by the old one until then', () =>
  inWorld({ lever, simulation: { dials: { takes: '20 s' } } }, async (lab) => {
    await dial(lab, 'recovery', 100);
    await dial(lab, 'primary', 0);
    expect(await statusOf(lab)).toBe('IN_PROGRESS');
    await lab.sleep(5_000);
    expect(await regions(lab)).toEqual([PRIMARY]);
    await lab.sleep(30_000);
    expect(await statusOf(lab)).toBe('DEPLOYED');
    expect(await regions(lab)).toEqual([RECOVERY]);
  }));

test('what one dial turns away goes to the other group', () =>
  inWorld({ lever }, async (lab) => {
    await dial(lab, 'recovery', 50);
    await dial(lab, 'primary', 50);
    await lab.sleep(60_000);
    expect(await regions(lab)).toEqual([PRIMARY, RECOVERY].sort());
  }));

test('with the other dial at 0, nobody is turned away', () =>
  inWorld({ lever }, async (lab) => {
    await dial(lab, 'primary', 30);
    await lab.sleep(60_000);
    expect(await regions(lab)).toEqual([PRIMARY]);
  }));

test('a lost region is left by all after half a minute, whatever the other dial says', () =>
  inWorld({ lever }, async (lab) => {
    await lab.ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
    await lab.sleep(45_000);
    expect(await regions(lab)).toEqual([RECOVERY]);
    const { EndpointGroup } = await lab.call('globalaccelerator', OREGON, 'DescribeEndpointGroup', {
      EndpointGroupArn: GROUPS.primary,
    });
    expect(EndpointGroup?.EndpointDescriptions).toMatchObject([{ HealthState: 'UNHEALTHY' }]);
  }));

test('a dial at 0 keeps nobody away where the other region is lost', () =>
  inWorld({ lever }, async (lab) => {
    await dial(lab, 'recovery', 100);
    await dial(lab, 'primary', 0);
    await lab.sleep(60_000);
    await lab.ports.failure.inject({ kind: 'region-outage', region: RECOVERY });
    await lab.sleep(45_000);
    expect(await regions(lab)).toEqual([PRIMARY]);
  }));

test('what does not exist, or is no percentage, is refused', () =>
  inWorld({ lever }, async (lab) => {
    const call = (operation: 'DescribeAccelerator' | 'ListListeners', arn: string) =>
      refusalOf(lab.call('globalaccelerator', OREGON, operation, { AcceleratorArn: arn }));
    expect(await call('DescribeAccelerator', 'another')).toBe('AcceleratorNotFoundException');
    expect(await refusalOf(dial(lab, 'primary', 101))).toBe('InvalidArgumentException');
    const EndpointGroupArn = `${GROUPS.primary}-not`;
    expect(await refusalOf(lab.call('globalaccelerator', OREGON, 'DescribeEndpointGroup', { EndpointGroupArn }))).toBe(
      'EndpointGroupNotFoundException',
    );
  }));
