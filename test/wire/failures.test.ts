import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { realClock } from '../../src/clock/real-clock.ts';
import { commandMistake } from '../../src/drill/command-file.ts';
import { loadTopology } from '../../src/drill/load.ts';
import { shellFailure } from '../../src/live/failure.ts';
import { shippedTopology } from '../drill/files.ts';
import { type Moto, startMoto } from './moto.ts';
import { outsideEnvironment, shell } from './outside.ts';
import { simulatedAccount } from './simulated-account.ts';

const REGION = 'eu-central-1';
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dr-drill-failures-'));
  folders.push(folder);
  return folder;
}

/** One of the scripts, against an account, with a folder of its own for what it notes. */
function scriptAt(url: string, name: string, args: string) {
  const state = newFolder();
  const env = `DR_DRILL_REGION=${REGION} FAILURE_STATE=${state} FAILURE_SECONDS_BETWEEN=0.1 AWS_MAX_ATTEMPTS=1`;
  const call = (what: string, given = args) => shell(`${env} bash drills/failures/${name} ${what} ${given}`, url);
  return { call, noted: () => readdirSync(state), forget: () => rmSync(state, { recursive: true }) };
}

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.close());

async function aws(command: string): Promise<string> {
  const { code, out, err } = await shell(`aws ${command} --region ${REGION}`, moto.url);
  expect([code, err]).toEqual([0, '']);
  return out.trim();
}

const lines = (text: string): string[] => text.split('\n').toSorted();

describe.concurrent('network ACLs', () => {
  /** A VPC with subnets. One of them has its own ACL. */
  async function network(parts = [1, 2, 3]) {
    const vpc = await aws('ec2 create-vpc --cidr-block 10.9.0.0/16 --query Vpc.VpcId --output text');
    for (const part of parts) await aws(`ec2 create-subnet --vpc-id ${vpc} --cidr-block 10.9.${part}.0/24`);
    const own = await aws(`ec2 create-network-acl --vpc-id ${vpc} --query NetworkAcl.NetworkAclId --output text`);
    const one = `--query 'NetworkAcls[0].Associations[0].NetworkAclAssociationId' --output text`;
    const association = await aws(
      `ec2 describe-network-acls --filters Name=vpc-id,Values=${vpc} Name=default,Values=true ${one}`,
    );
    await aws(`ec2 replace-network-acl-association --association-id ${association} --network-acl-id ${own}`);
    const of = (query: string) =>
      aws(`ec2 describe-network-acls --filters Name=vpc-id,Values=${vpc} --query '${query}' --output text`).then(lines);
    return {
      vpc,
      acls: () => of('NetworkAcls[].NetworkAclId[]'),
      subnets: () => of('NetworkAcls[].Associations[].[SubnetId, NetworkAclId]'),
      associations: () => of('NetworkAcls[].Associations[].[NetworkAclAssociationId, NetworkAclId]'),
      openBehindSubnets: () => of('NetworkAcls[?Associations[0]].Entries[] | [?RuleAction==`allow`].[RuleNumber]'),
    };
  }

  test('every subnet is cut off and gets back its own, however often each is asked', async () => {
    const { vpc, acls, subnets, openBehindSubnets } = await network();
    const before = { acls: await acls(), subnets: await subnets() };
    expect(new Set(before.subnets.map((line) => line.split('\t')[1])).size).toBe(2);
    const { call, noted } = scriptAt(moto.url, 'network-acls.sh', vpc);
    expect(await call('active')).toMatchObject({ code: 1, err: '' });
    for (const _ of [1, 2]) {
      const { code, out, err } = await call('inject');
      expect([code, err, out.trim()]).toEqual([0, '', expect.stringMatching(INSTANT)]);
      expect(await openBehindSubnets()).toEqual(['']);
      expect(await call('active')).toMatchObject({ code: 0, err: '' });
    }
    expect(noted()).toEqual([`network-acls-${REGION}-${vpc}`]);
    for (const _ of [1, 2]) {
      expect(await call('heal')).toMatchObject({ code: 0, err: '' });
      expect({ acls: await acls(), subnets: await subnets() }).toEqual(before);
      expect(await call('active')).toMatchObject({ code: 1, err: '' });
    }
    expect(noted()).toEqual([]);
  });

  test('half of it is no answer; it can be finished, and taken back from there', async () => {
    const { vpc, subnets, associations } = await network();
    const before = await subnets();
    const { call } = scriptAt(moto.url, 'network-acls.sh', vpc);
    await call('inject');
    const [association] = (await associations())[0]?.split('\t') ?? [];
    const had = before[0]?.split('\t')[1];
    await aws(`ec2 replace-network-acl-association --association-id ${association} --network-acl-id ${had}`);
    expect(await call('active')).toMatchObject({
      code: 2,
      err: '2 of 3 subnets are cut off: neither in force nor over.\n',
    });
    expect(await call('inject')).toMatchObject({ code: 0 });
    expect(await call('active')).toMatchObject({ code: 0 });
    expect(await call('heal')).toMatchObject({ code: 0 });
    expect(await subnets()).toEqual(before);
  });

  test('without what was noted, nothing is changed and it says so', async () => {
    const { vpc, subnets } = await network();
    const { call, forget } = scriptAt(moto.url, 'network-acls.sh', vpc);
    await call('inject');
    const cut = await subnets();
    forget();
    for (const what of ['heal', 'inject'])
      expect(await call(what)).toMatchObject({ code: 1, err: expect.stringContaining('is not there') });
    expect(await subnets()).toEqual(cut);
  });

  test('through the commands of a drill file, with the time at which it happened', async () => {
    const { vpc } = await network([1]);
    for (const [name, value] of Object.entries(outsideEnvironment(moto.url))) vi.stubEnv(name, value);
    vi.stubEnv('FAILURE_STATE', newFolder());
    const of = (what: string) => `bash drills/failures/network-acls.sh ${what} ${vpc}`;
    const commands = { inject: of('inject'), heal: of('heal'), active: of('active'), credentials: true };
    const port = shellFailure(commands, realClock());
    const failure = { kind: 'region-outage', region: REGION } as const;
    expect(await port.lacks()).toEqual([]);
    expect(await port.active(failure)).toBe(false);
    const begunMs = Date.now();
    expect(await port.inject(failure)).toBeGreaterThanOrEqual(begunMs - 1_000);
    expect(await port.active(failure)).toBe(true);
    await port.heal(failure);
    expect(await port.active(failure)).toBe(false);
    vi.unstubAllEnvs();
  });
});

describe.concurrent('security groups', () => {
  let nth = 0;

  /** A group with rules of every form that moto knows, some with tags and descriptions. */
  async function group() {
    nth += 1;
    const id = await aws(
      `ec2 create-security-group --group-name shop-${nth} --description shop --query GroupId --output text`,
    );
    const rules = [
      {
        IpProtocol: 'tcp',
        FromPort: 5432,
        ToPort: 5432,
        IpRanges: [{ CidrIp: '10.0.0.0/8', Description: "the shop's own" }],
      },
      { IpProtocol: 'udp', FromPort: 53, ToPort: 53, Ipv6Ranges: [{ CidrIpv6: 'fd00::/8' }] },
      { IpProtocol: 'icmp', FromPort: -1, ToPort: -1, IpRanges: [{ CidrIp: '192.0.2.0/24' }] },
    ];
    const json = (value: unknown) => `'${JSON.stringify(value).replaceAll("'", "'\\''")}'`;
    const tags = json([{ ResourceType: 'security-group-rule', Tags: [{ Key: 'owner', Value: 'database team' }] }]);
    await aws(
      `ec2 authorize-security-group-ingress --group-id ${id} --ip-permissions ${json(rules)} --tag-specifications ${tags}`,
    );
    const own = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: id }] }];
    await aws(`ec2 authorize-security-group-ingress --group-id ${id} --ip-permissions ${json(own)}`);
    const found = async () => {
      const all = JSON.parse(await aws(`ec2 describe-security-group-rules --filters Name=group-id,Values=${id}`));
      return (all.SecurityGroupRules as object[])
        .map((rule) => JSON.stringify({ ...rule, SecurityGroupRuleId: undefined, SecurityGroupRuleArn: undefined }))
        .toSorted();
    };
    return { id, found };
  }

  test('all rules are taken and put back with descriptions and tags, however often each is asked', async () => {
    const groups = [await group(), await group()];
    const found = () => Promise.all(groups.map((one) => one.found()));
    const before = await found();
    expect(before.map((rules) => rules.length)).toEqual([5, 5]);
    const { call, noted } = scriptAt(moto.url, 'security-groups.sh', groups.map(({ id }) => id).join(' '));
    expect(await call('active')).toMatchObject({ code: 1, err: '' });
    for (const _ of [1, 2]) {
      const { code, out, err } = await call('inject');
      expect([code, err, out.trim()]).toEqual([0, '', expect.stringMatching(INSTANT)]);
      expect(await found()).toEqual([[], []]);
      expect(await call('active')).toMatchObject({ code: 0, err: '' });
    }
    // Half of it is no answer.
    expect(await call('heal', groups[0]?.id)).toMatchObject({ code: 0, err: '' });
    expect(await call('active')).toMatchObject({ code: 2, err: expect.stringContaining('1 of 2 security groups') });
    for (const _ of [1, 2]) {
      expect(await call('heal')).toMatchObject({ code: 0, err: '' });
      expect(await found()).toEqual(before);
      expect(await call('active')).toMatchObject({ code: 1, err: '' });
    }
    expect(noted()).toEqual([]);
  });

  test('a group without rules is refused before any other has lost its own', async () => {
    const whole = await group();
    const empty = await group();
    const before = await whole.found();
    const { call } = scriptAt(moto.url, 'security-groups.sh', `${empty.id}`);
    await call('inject');
    const { call: both } = scriptAt(moto.url, 'security-groups.sh', `${whole.id} ${empty.id}`);
    expect(await both('inject')).toMatchObject({ code: 1, err: expect.stringContaining('has no rules') });
    expect(await whole.found()).toEqual(before);
    expect(await both('heal', empty.id)).toMatchObject({ code: 1, err: expect.stringContaining('is not there') });
  });
});

describe.concurrent('experiments of FIS', () => {
  const TEMPLATE = 'EXT2StressTheNodes';

  test('one is started, waited for and stopped, however often each is asked', async () => {
    const account = await simulatedAccount(loadTopology(shippedTopology));
    const { call } = scriptAt(account.url, 'fis.sh', TEMPLATE);
    const asked = (operation: string) => account.calls.filter((one) => one.operation === operation).length;
    expect(await call('active')).toMatchObject({ code: 1, err: '' });
    for (const _ of [1, 2]) {
      const { code, out, err } = await call('inject');
      expect([code, err, out.trim()]).toEqual([0, '', expect.stringMatching(INSTANT)]);
      expect(await call('active')).toMatchObject({ code: 0, err: '' });
    }
    expect(asked('StartExperiment')).toBe(1);
    for (const _ of [1, 2]) {
      expect(await call('heal')).toMatchObject({ code: 0, err: '' });
      expect(await call('active')).toMatchObject({ code: 1, err: '' });
    }
    expect(asked('StopExperiment')).toBe(1);
    await account.close();
  });

  test('a template that is not there is told, and nothing is in force', async () => {
    const account = await simulatedAccount(loadTopology(shippedTopology));
    const { call } = scriptAt(account.url, 'fis.sh', 'EXTnone');
    const { code, err } = await call('inject');
    expect([code === 0, err]).toEqual([false, expect.stringContaining('EXTnone does not exist')]);
    expect(await call('active')).toMatchObject({ code: 1 });
    await account.close();
  });

  test('the template that ships is one that FIS takes', async () => {
    const file = 'file://drills/failures/fis-region-loss.json';
    expect(await aws(`fis create-experiment-template --cli-input-json ${file} --query experimentTemplate.id`)).not.toBe(
      '',
    );
  });
});

describe.each([
  ['network-acls.sh', 'vpc-0a1b2c3d4e5f60001'],
  ['security-groups.sh', 'sg-0a1b2c3d4e5f60001'],
  ['fis.sh', 'EXT1a2b3c4d5e6f7'],
])('%s', { concurrent: true }, (name, args) => {
  test('does not take silence for an answer', async () => {
    const { call } = scriptAt('http://127.0.0.1:9', name, args);
    expect((await call('active')).code).toBe(2);
    for (const what of ['inject', 'heal']) expect((await call(what)).code).not.toBe(0);
  });

  test('says how it is called', async () => {
    for (const words of ['', 'inject', `break ${args}`]) {
      const { code, err } = await shell(`DR_DRILL_REGION=${REGION} bash drills/failures/${name} ${words}`, moto.url);
      expect([code, err]).toEqual([2, expect.stringContaining('inject|heal|active')]);
    }
    expect((await shell(`bash drills/failures/${name} active ${args}`, moto.url)).code).toBe(2);
  });

  test('stands in the documentation as a drill file has it', () => {
    const page = readFileSync('docs/src/content/docs/how-to/cause-a-failure.md', 'utf8');
    const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
      ([, text = '']) => parse(text).failure.commands,
    );
    const mine = blocks.filter(({ inject }) => inject.includes(name));
    expect(mine).toHaveLength(1);
    for (const what of ['inject', 'heal', 'active']) {
      expect(mine[0][what]).toMatch(new RegExp(`^bash drills/failures/${name} ${what} `));
      expect(commandMistake(mine[0][what], { path: process.env.PATH })).toBeUndefined();
    }
    expect(mine[0].credentials).toBe(true);
  });
});
