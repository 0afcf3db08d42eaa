import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readJournal } from '../../src/journal/journal.ts';
import { drDrill, onlyRun } from './command.ts';
import { type Lab, startLab } from './lab.ts';

/** A quick look in CI; the whole of it with KILLS=25. */
const KILLS = Number(process.env.KILLS ?? 1);

const arguments_ = (lab: Lab, runs: string) => [
  ...['run', lab.drills.failover, '--live', '--confirm', 'lab-failover', '--runs', runs],
  ...['--set', 'verification.lasts=1 s'],
];

/** Runs the failover, kills its process at an instant, takes the run up again, and gives what came of it. */
async function killedAt(lab: Lab, instantMs: number) {
  const runs = join(lab.folder, 'runs');
  let begun = false;
  const killed = await drDrill(lab, arguments_(lab, runs), {
    watch(out, kill) {
      if (begun || !out.includes('  preflight\n')) return;
      begun = true;
      setTimeout(() => kill('SIGKILL'), instantMs);
    },
  });
  const folder = onlyRun(runs) ?? '';
  // A run that was quicker than its killer has ended by itself.
  const wasKilled = killed.code === null;
  const next = wasKilled ? await drDrill(lab, arguments_(lab, runs)) : undefined;
  const resumed = wasKilled ? await drDrill(lab, ['resume', folder]) : killed;
  return { wasKilled, folder, next, resumed, entries: readJournal(join(folder, 'journal.jsonl')).entries };
}

test(
  `a failover whose process is killed at any of ${KILLS} instants comes to the same end`,
  async () => {
    const instants = fc.sample(fc.integer({ min: 500, max: 14_000 }), KILLS);
    const fallen: string[] = [];
    let kills = 0;
    for (const instantMs of instants) {
      const lab = await startLab({ speed: 60 });
      try {
        const { wasKilled, resumed, entries } = await killedAt(lab, instantMs);
        if (wasKilled) kills += 1;
        const promotions = lab.world.state().calls['rds/ap-northeast-1/PromoteReadReplica'] ?? 0;
        const end = entries.at(-1);
        const sound =
          [0, 1].includes(resumed.code ?? -1) &&
          promotions === 1 &&
          end?.type === 'run-ended' &&
          lab.world.writers().join() === 'lab-replica' &&
          !(await lab.pair.replica.isStandby()) &&
          lab.controller.trouble.length === 0;
        if (!sound) fallen.push(`killed after ${instantMs} ms: ${resumed.out}${resumed.err} promotions ${promotions}`);
      } finally {
        await lab.close();
      }
    }
    console.info(`${kills} kills, ${kills - fallen.length} survived`);
    expect(fallen).toEqual([]);
  },
  KILLS * 90_000,
);

test('while a run is led nobody else leads one, and another terminal can abort it', async () => {
  const lab = await startLab();
  try {
    const runs = join(lab.folder, 'runs');
    let other: Promise<{ code: number | null; err: string }> | undefined;
    let abort: Promise<{ code: number | null; out: string }> | undefined;
    const run = await drDrill(lab, [...arguments_(lab, runs), '--set', 'baseline.lasts=20 s'], {
      watch(out) {
        if (abort || !out.includes('  baseline\n')) return;
        other = drDrill(lab, arguments_(lab, join(lab.folder, 'others')));
        abort = other.then(() => drDrill(lab, ['abort', onlyRun(runs) ?? '', '--reason', 'too risky today']));
      },
    });
    expect(await other).toMatchObject({
      code: 2,
      err: expect.stringContaining('Another run leads this topology: lab-failover of'),
    });
    expect((await abort)?.code).toBe(0);
    expect([run.code, run.out]).toEqual([4, expect.stringContaining('too risky today')]);
    expect(lab.world.writers()).toEqual(['lab-primary']);
    const again = await drDrill(lab, ['resume', onlyRun(runs) ?? '']);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('This run has ended already: aborted.')]);
  } finally {
    await lab.close();
  }
}, 60_000);

test('a person in another terminal decides whether to fail over', async () => {
  const lab = await startLab({ speed: 60 });
  try {
    const runs = join(lab.folder, 'runs');
    const answers: Promise<{ code: number | null; out: string; err: string }>[] = [];
    const asking = ['--set', 'approval={ roles: [incident commander], each: 1 min }'];
    const run = await drDrill(lab, [...arguments_(lab, runs), ...asking], {
      watch(out) {
        const folder = onlyRun(runs) ?? '';
        if (answers.length === 0 && out.includes('  baseline\n')) answers.push(drDrill(lab, ['approve', folder]));
        if (answers.length === 1 && out.includes('asked of the incident commander')) {
          answers.push(
            drDrill(lab, ['approve', folder, '--by', 'Mei-Ling Chen', '--refuse', '--reason', 'it is back']),
          );
        }
      },
    });
    const [early, refusal] = await Promise.all(answers);
    expect([early?.code, early?.err]).toEqual([2, expect.stringContaining('waits for nobody’s approval now')]);
    expect(refusal).toMatchObject({ code: 0, out: expect.stringContaining('Mei-Ling Chen refuses.') });
    expect([run.code, run.out]).toEqual([3, expect.stringContaining('Mei-Ling Chen refused: it is back.')]);
    expect(lab.world.writers()).toEqual(['lab-primary']);
    expect(run.out).not.toContain('could not');
  } finally {
    await lab.close();
  }
}, 90_000);
