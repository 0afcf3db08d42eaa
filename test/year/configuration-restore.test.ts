import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parsed } from '../../src/components/configuration-archive/steps/archive.ts';
import type { Entry } from '../../src/journal/events.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { finished, shipped } from '../run/drill.ts';
import { type Account, rehearsedIn } from '../run/prepared-account.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'configuration-restore';

waysToFail(DRILL, [
  {
    fault: 'a person refuses',
    set: ['simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^approve: simulated on-call engineer refused/,
  },
  {
    fault: 'the newest archive is older than the RPO',
    set: ['simulation.configuration.archiveAge=30 h'],
    end: 'target-missed',
    reason: /^RPO missed by 6 h/,
  },
  {
    fault: 'the newest archive is days old',
    set: ['simulation.configuration.archiveAge=80 h'],
    end: 'rolled-back',
    reason: /^preflight: the newest archive, .* is 3 d 8 h old/,
  },
  {
    fault: 'the archive is truncated',
    set: ['simulation.configuration.unreadable=true'],
    end: 'rolled-back',
    reason: /^restore-objects: The archive .* cannot be read: it is damaged, or cut off/,
  },
  {
    fault: 'old objects are missing in the archive',
    set: ['simulation.configuration.lacks=2'],
    end: 'target-missed',
    reason: /data check failed: Each Service that has not changed since is in the archive, and is the same/,
  },
  {
    fault: 'the archive has different values than those in use',
    set: ['simulation.configuration.alters=1'],
    end: 'target-missed',
    reason: /data check failed: Each ConfigMap that has not changed since .* \(shop: 4 of 5 /,
  },
  {
    fault: 'the cluster refuses secrets',
    set: ['simulation.configuration.refuses=true'],
    end: 'rolled-back',
    reason: /^restore-objects: Secret .* could not be restored: Forbidden/,
  },
  {
    fault: 'an object disappears from the scratch namespace',
    set: ['simulation.configuration.drops=1'],
    end: 'target-missed',
    reason: /data check failed: Each Deployment of the archive was restored, and is the same/,
  },
  {
    fault: 'another namespace with that name exists',
    set: ['simulation.configuration.namespaceTaken=true'],
    end: 'rolled-back',
    reason: /^preflight: there is a namespace shop-restore-drill in .* already/,
  },
  {
    fault: 'the scratch namespace cannot be deleted because of a finalizer',
    set: ['simulation.configuration.namespaceStays=true'],
    end: 'failed',
    reason: /^delete-namespace: not done within/,
  },
  {
    fault: 'S3 throttles every call',
    set: ['simulation.throttling=[{ service: s3, calls: 100000 }]'],
    end: 'rolled-back',
    reason: /^preflight: .*Please reduce your request rate/,
  },
]);

describe('a configuration that is restored', () => {
  test('runs nothing, and says of no value more than that it is the same', async () => {
    const run = await finished(DRILL);
    expect(run.of('data-check')).toHaveLength(10);
    expect(run.of('data-check').every(({ ok }) => ok)).toBe(true);
    const [scratch] = run.world.state().namespaces;
    const replicas = scratch?.objects.filter(({ kind }) => kind === 'Deployment').map(({ spec }) => spec);
    expect(replicas).toEqual(Array(5).fill(expect.objectContaining({ replicas: 0 })));
    const secrets = scratch?.objects.filter(({ kind }) => kind === 'Secret') ?? [];
    expect(secrets).toHaveLength(5);
    const journal = JSON.stringify(run.entries);
    for (const value of secrets.flatMap(({ data }) => Object.values(data as Record<string, string>))) {
      expect(journal).not.toContain(value);
      expect(journal).not.toContain(Buffer.from(value, 'base64').toString());
    }
  });
});

describe('a scratch namespace of that name that is still being deleted', () => {
  /** It is there, and on its way out, when the drill wants to make its own. */
  const leftBehind = (labels: Record<string, string>): Account => {
    let isWanted = false;
    const onEntry = (entry: Entry) => {
      isWanted ||= entry.type === 'step-started' && entry.step === 'make-namespace';
    };
    const portsThrough = (ports: Ports): Ports => {
      let made: Promise<void> | undefined;
      const { namespace, createNamespace, deleteNamespace } = ports.kubernetes;
      return {
        ...ports,
        kubernetes: {
          ...ports.kubernetes,
          async namespace(cluster, signal) {
            if (isWanted) made ??= createNamespace(cluster, labels).then(() => deleteNamespace(cluster));
            await made;
            return namespace(cluster, signal);
          },
        },
      };
    };
    return { onEntry, portsThrough };
  };

  test.each([
    ['of this drill', { 'dr-drill': DRILL }],
    ['of somebody else', {}],
  ])('%s is waited for, and another one made', async (_, labels) => {
    const run = await rehearsedIn(leftBehind(labels), shipped(DRILL));
    expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
    expect(run.world.state().namespaces).toHaveLength(2);
    expect(run.of('not-ready').map(({ reasons }) => reasons)).toEqual([
      ['the namespace shop-restore-drill is still being deleted'],
    ]);
  });

  test('and that stays ends as not made in time, with the reason', async () => {
    const stays = ['simulation.configuration.namespaceStays=true'];
    const run = await rehearsedIn(leftBehind({}), shipped(DRILL, stays), stays);
    expect(run.outcome).toBe('rolled-back');
    expect(run.reason).toMatch(/^make-namespace: not done within/);
    expect(run.of('step-ended').find(({ step }) => step === 'make-namespace')?.error?.message).toContain(
      'is still being deleted',
    );
  });
});

describe('an archive', () => {
  const yaml = `apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: a } }
---
apiVersion: v1
kind: Secret
metadata: { name: b }
`;

  test('is YAML or JSON, lists or documents, compressed or not', () => {
    const named = (bytes: Uint8Array) => parsed(bytes, 'k').map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(named(Buffer.from(yaml))).toEqual(['ConfigMap/a', 'Secret/b']);
    expect(named(gzipSync(yaml))).toEqual(['ConfigMap/a', 'Secret/b']);
    expect(named(Buffer.from('{"apiVersion":"v1","kind":"Secret","metadata":{"name":"b"}}'))).toEqual(['Secret/b']);
  });

  test.each([
    ['password: "hunter2', /its document 1 is no YAML/],
    ['{"password": "hunter2"', /it is no JSON/],
    ['password: hunter2', /its object 1 says no kind or name/],
    ['', /there is nothing in it/],
  ])('that cannot be read is not quoted: %s', (text, why) => {
    const failing = () => parsed(Buffer.from(text), 'k');
    expect(failing).toThrow(why);
    expect(failing).not.toThrow(/hunter2/);
  });
});

test('the page of the drill names every kind that is restored', async () => {
  const { kinds } = await import('../../src/components/configuration-archive/steps/objects.ts');
  const page = readFileSync('docs/src/content/docs/drills/configuration-restore.md', 'utf8');
  for (const { kind } of kinds) expect(page).toContain(`\`${kind}\``);
});
