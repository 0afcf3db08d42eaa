import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { filledIn, type Tree } from '../cli/filled-in.ts';
import { drDrill, type LiveRun, liveRun } from './command.ts';
import { type Lab, type LabSettings, startLab } from './lab.ts';
import { rowsIn } from './servers/heartbeats.ts';

type Groups = Record<'data' | 'compute' | 'traffic', Record<string, Tree>>;
const readYaml = (path: string): Tree => parse(readFileSync(path, 'utf8'));

/** What no account tells, and no file needs to say: how this machine gets to what is real. */
const BESIDE = ['login', 'resolvers', 'nameServers', 'service'];

/** The topology as discovery wrote it, and what a person adds: the empty values, logins, and whom to ask for names. */
function completed(found: Groups, real: Groups): object {
  const [store = ''] = Object.keys(found.data);
  const uses = Object.fromEntries(Object.values(real.compute).flatMap(({ uses }) => [[store, (uses as Tree).orders]]));
  const group = (name: keyof Groups) =>
    Object.fromEntries(
      Object.entries(found[name]).map(([id, one]) => {
        const [wanted = {}] = Object.values(real[name]);
        const beside = Object.entries(wanted).filter(([key]) => BESIDE.includes(key));
        return [id, { ...filledIn(one, { ...wanted, uses }), ...Object.fromEntries(beside) }];
      }),
    );
  return { ...found, data: group('data'), compute: group('compute'), traffic: group('traffic') };
}

const behindLoadBalancers: LabSettings = { speed: 60, aliases: true, nodeGroups: false, replicationDelayMs: 200 };

/** Each takes a minute and a half, most of it waited: `npm run lab:platforms` takes them all. */
const platforms = [
  ['rds-replica', 'postgres'],
  ['aurora-global', 'postgres'],
  ['aurora-global', 'mysql'],
] as const;

/** Clusters whose nodes are made for their pods, and a name whose records are aliases to load balancers. */
describe.each(process.env.PLATFORMS === 'all' ? platforms : platforms.slice(0, 1))(
  'a platform with orders in %s on %s, known by its account',
  (store, engine) => {
    let lab: Lab;
    let run: LiveRun;
    const drill = () => join(lab.folder, 'failover-of-found.yaml');
    beforeAll(async () => {
      lab = await startLab({ ...behindLoadBalancers, store, engine });
    });
    afterAll(() => lab.close());

    test('the topology comes from the account, and a person fills in what the account does not tell', async () => {
      const path = join(lab.folder, 'found.yaml');
      const regions = ['--primary', 'ap-east-2', '--recovery', 'ap-northeast-1'];
      const { code, err } = await drDrill(lab, ['discover', ...regions, '-o', path]);
      expect([code, err]).toEqual([0, '']);
      const found = readYaml(path) as Groups;
      const kinds = [found.data, found.compute, found.traffic].map((group) =>
        Object.values(group).map(({ kind }) => kind),
      );
      expect(kinds).toEqual([[store], ['eks'], ['route53']]);
      expect(Object.values(found.data).map((one) => one.engine ?? 'postgres')).toEqual([engine]);
      writeFileSync(path, stringify(completed(found, readYaml(join(lab.folder, 'topology.yaml')) as Groups)));
      // An alias is kept for a minute, and the last customer counts.
      const targets = { rto: '2 min', rpo: '10 s' };
      writeFileSync(drill(), stringify({ ...readYaml(lab.drills.failover), topology: 'found.yaml', targets }));
    });

    test('the preflight finds nothing that stops the drill', async () => {
      const { code, out } = await drDrill(lab, ['preflight', drill(), '--live', '--json']);
      const blockers = JSON.parse(out).findings.filter(({ severity }: { severity: string }) => severity === 'blocker');
      expect([code, blockers]).toEqual([0, []]);
    });

    test('the other region takes over, live', async () => {
      run = await liveRun(lab, drill());
      expect([run.code, run.report.verdict.reasons]).toEqual([0, []]);
      expect(lab.controller.trouble).toEqual([]);
      expect(await lab.pair.replica.isStandby()).toBe(false);
      const written = run.entries.flatMap((entry) =>
        entry.type === 'heartbeats' ? entry.rows.map(([row]) => row) : [],
      );
      const kept = new Set(await rowsIn(lab.pair.replica));
      const lost = written.filter((row) => !kept.has(row)).length;
      expect(run.report.dataLoss.rows).toMatchObject({ acknowledged: written.length, lost });
    });

    test('addresses that change while nothing is shifted are told of their side, and are no finding', () => {
      const answers = run.entries.flatMap((entry) => (entry.type === 'zone-answer' ? [entry] : []));
      expect(answers.length).toBeGreaterThan(10);
      const sides = answers.map(({ side }) => side);
      expect(sides.filter((side, index) => side !== sides[index - 1])).toEqual(['primary', 'recovery']);
      const lever = run.entries.flatMap((entry) =>
        entry.type === 'check' && entry.check.startsWith('lever-holds/') ? [entry] : [],
      );
      expect(lever.map(({ ok, detail }) => [ok, detail])).toEqual([[true, expect.anything()]]);
    });

    test('the run is sealed, and every figure follows from its journal', async () => {
      const { code, out } = await drDrill(lab, ['verify', run.folder, '--json']);
      expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ intact: true })]);
    });
  },
);
