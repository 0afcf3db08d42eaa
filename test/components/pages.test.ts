import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { allKinds, kindOf } from '../../src/components/index.ts';
import { type Verb, verbs } from '../../src/components/verbs.ts';
import { allComponents } from '../../src/drill/components.ts';
import { type Topology, topologySchema } from '../../src/drill/topology.ts';
import { checkTopology } from '../../src/drill/topology-fits.ts';
import { steps } from '../../src/platform/steps.ts';

const kinds = allKinds.map(({ kind }) => kind);
const overview = readFileSync('docs/src/content/docs/concepts/components.md', 'utf8');
const pageOf = (name: string) => `docs/src/content/docs/components/${name}.md`;

const HEAD = { topology: 'shop', account: '111122223333', regions: { primary: 'eu-central-1', recovery: 'eu-west-1' } };

/** The first example of a page, as a whole topology. */
function topologyOn(page: string): Topology {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  return topologySchema.parse({ ...HEAD, ...parse(yaml) });
}

/** The verbs that begin the rows of a table. */
const verbsIn = (page: string): string[] =>
  [...page.matchAll(/^\| `((?:data|compute|traffic)\.[a-z-]+)` \|/gm)].map(([, verb = '']) => verb);

test('the overview has every kind with its page, every verb, and an example that is valid', () => {
  for (const kind of kinds)
    expect(overview).toContain(`| \`${kindOf(kind).group}\` | [\`${kind}\`](../components/${kind}.md) |`);
  expect(verbsIn(overview).toSorted()).toEqual(Object.keys(verbs).toSorted());
  expect(checkTopology(topologyOn(overview))).toEqual([]);
});

describe.each([...kinds, 'witness'])('the page of %s', (name) => {
  const page = existsSync(pageOf(name)) ? readFileSync(pageOf(name), 'utf8') : '';

  test('has an example that is valid', () => {
    const topology = topologyOn(page);
    expect(checkTopology(topology)).toEqual([]);
    const found = [...allComponents(topology).map(({ kind }) => kind), ...(topology.witness ? ['witness'] : [])];
    expect(found).toContain(name);
  });

  test('says how it can fail, and what it cannot measure', () => {
    expect(page).toMatch(/^## How it can fail\n\n\|/m);
    expect(page).toMatch(/^## What it cannot measure\n\n- /m);
  });

  test('names no step that there is not', () => {
    const services = new Set([...steps.keys()].map((kind) => kind.split('.')[0]));
    const named = [...page.matchAll(/`([a-z0-9]+)\.([a-z-]+)`/g)].filter(([, service = '']) => services.has(service));
    for (const [, service, step] of named)
      expect([...steps.keys(), ...Object.keys(verbs)]).toContain(`${service}.${step}`);
  });
});

test.each(kinds)('the page of %s has the verbs that it does, and no other', (kind) => {
  const done = Object.keys(kindOf(kind).verbs) as Verb[];
  expect(verbsIn(readFileSync(pageOf(kind), 'utf8')).toSorted()).toEqual(done.toSorted());
});
