import { afterEach, expect, test, vi } from 'vitest';
import { thingOf } from '../../src/components/schemas.ts';
import { preflightNeeds } from '../../src/runbook/look.ts';
import type { Need } from '../../src/steps/needs.ts';
import { defectOf } from '../account/defects.ts';
import { shipped } from '../run/drill.ts';
import { here, newFolder } from './command.ts';
import { liveAccount } from './live-account.ts';

/** Drills that ask neither a cluster nor a database, which no account serves. */
const DRILLS = [
  'cross-region-restore',
  'redis-restore',
  'secrets-restore',
  'object-store-recovery',
  'replica-promotion',
];

/** One need of each kind, with what breaks its thing in an account. */
const broken = [...new Map(DRILLS.flatMap((drill) => kindsOf(drill).map((one) => [one.kind, one]))).values()];

function kindsOf(drill: string) {
  const { drill: loaded, topology } = shipped(drill);
  return preflightNeeds(loaded, topology).flatMap((need: Need) => {
    const { change, overrides } = defectOf(need);
    if (!change || overrides || need.need === 'database-login') return [];
    const state = 'state' in need ? ` (${need.state})` : '';
    return [{ kind: `${need.need}${state}`, thing: thingOf(need), drill, change }];
  });
}

afterEach(() => {
  vi.unstubAllEnvs();
});

interface Found {
  severity: string;
  what: string;
}

/** What a live preflight finds in an account, with its exit code and what a live run of the same drill says. */
async function answers(path: string, change?: (typeof broken)[number]['change']) {
  const { env } = await liveAccount([], { path, change });
  for (const [name, value] of Object.entries({ ...env, AWS_REGION: 'ap-northeast-1' })) vi.stubEnv(name, value);
  const { exitCode, out } = await here(['preflight', path, '--live', '--json']);
  const { findings } = JSON.parse(out) as { findings: Found[] };
  return { exitCode, findings: findings.filter(({ severity }) => severity !== 'note') };
}

const healthy = new Map<string, ReturnType<typeof answers>>();

test.each(broken)(
  'preflight and the beginning of a live run say the same of a broken $kind',
  async ({ drill, change }) => {
    const path = `drills/${drill}.yaml`;
    if (!healthy.has(drill)) healthy.set(drill, answers(path));
    const usual = (await healthy.get(drill))?.findings.map(({ what }) => what);
    const preflight = await answers(path, change);
    const run = await here(['run', path, '--live', '--runs', newFolder()]);
    expect(preflight.findings.filter(({ what }) => !usual?.includes(what))).not.toEqual([]);
    const blockers = preflight.findings.filter(({ severity }) => severity === 'blocker');
    expect([preflight.exitCode, run.exitCode]).toEqual([blockers.length > 0 ? 1 : 0, 2]);
    for (const { what } of blockers) expect(run.err).toContain(what);
    // Where nothing stops it, the run comes to its next question.
    expect(run.err.includes('--confirm')).toBe(blockers.length === 0);
  },
);
