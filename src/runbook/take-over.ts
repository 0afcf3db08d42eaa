import type { Branch, Part } from '../../state-machines/course.ts';
import { ms } from '../components/verbs.ts';
import type { FailoverDrill, PartitionDrill } from '../drill/drill.ts';
import { decidersIn } from './deciders.ts';
import { besides, type Lines } from './lines.ts';

type TakeOver = FailoverDrill | PartitionDrill;

/** How the healthy platform is looked at first. */
export function baselineOf(drill: TakeOver, lines: Lines): Part {
  const { baseline, limits } = drill;
  const asked = decidersIn(drill);
  const lasts = ms(baseline.lasts);
  return besides({
    ...lines.branches({ step: 'baseline', uses: 'traffic.look', with: { lasts } }),
    ...lines.branches({
      step: 'baseline',
      uses: 'data.look',
      with: { lasts, lag: ms(limits.replicationLag), deciders: { ...asked, each: ms(asked.each) } },
    }),
  });
}

/**
 * The recovery region takes over: all data stores are fenced at once, each is taken over as soon as its own fence holds, and capacity is
 * made beside it; then the applications are pointed at all new writers.
 *
 * @param allow whether writes were stopped before, and have to be allowed
 */
export function takeOverOf(lines: Lines, { allow }: { allow: boolean }): Part {
  const fenced = lines.branches({ step: 'fence', uses: 'data.fence' });
  const taken = lines.branches({
    step: 'take-over',
    uses: 'data.take-over',
    with: { how: 'failover', takesWrites: !allow },
  });
  const allowed = allow ? lines.branches({ step: 'allow-writes', uses: 'data.open' }) : {};
  const scaled = lines.branches({ step: 'scale', uses: 'compute.scale' });
  const pointed = lines.branches({ step: 'point', uses: 'compute.point' });
  return { row: [besides({ ...inOrder(fenced, inTurn([taken, allowed])), ...scaled }), besides(pointed)] };
}

/** A store is taken over when it is fenced. Where it waits for others, its fence is a branch of its own, which does not wait. */
function inOrder(fenced: Record<string, Branch>, taken: Record<string, Branch>): Record<string, Branch> {
  const waiting = Object.entries(fenced).filter(([store]) => (taken[store]?.after ?? []).length > 0);
  const fences = Object.fromEntries(waiting.map(([store, fence]) => [`${store}/fence`, fence]));
  const behind = Object.entries(taken).map(([store, branch]): [string, Branch] =>
    `${store}/fence` in fences
      ? [store, { ...branch, after: [`${store}/fence`, ...(branch.after ?? [])] }]
      : [store, branch],
  );
  const atOnce = Object.fromEntries(Object.entries(fenced).filter(([store]) => !(`${store}/fence` in fences)));
  return { ...fences, ...inTurn([atOnce, Object.fromEntries(behind)]) };
}

/** What each branch does of one thing after the other. */
function inTurn(all: readonly Record<string, Branch>[]): Record<string, Branch> {
  const names = [...new Set(all.flatMap((one) => Object.keys(one)))];
  return Object.fromEntries(
    names.map((name) => {
      const own = all.flatMap((one) => one[name] ?? []);
      const after = [...new Set(own.flatMap((one) => one.after ?? []))];
      const optional = own.some((one) => one.optional);
      // What is given up in one of them ends them all.
      const unless = own[0]?.unless ?? [];
      const yields = own.some((one) => one.yields);
      return [name, { part: { row: own.map(({ part }) => part) }, after, optional, unless, yields }];
    }),
  );
}

/** Every public name is sent to the recovery region. */
export const shiftOf = (lines: Lines): Part => besides(lines.branches({ step: 'shift', uses: 'traffic.shift' }));

interface Proof {
  /** A later step makes standbys and replicas, so a missing one is no finding now. */
  protected: boolean;
  /** Old writers must be in quarantine by now. */
  fenced: boolean;
  /** What was written in the look at the healthy platform must be there. */
  holds?: boolean;
  in?: 'primary' | 'recovery';
}

/** The recovery region serves, alone and at full size; then what was lost is counted, and the rest is checked. */
export function provenOf(
  { verification }: TakeOver,
  lines: Lines,
  { protected: isLater, fenced, holds = false, in: where = 'recovery' }: Proof,
): { verify: Part; check: Part } {
  const { lasts, errorRate, p95 } = verification;
  const home = where === 'primary' ? '-home' : '';
  const serving = {
    ...lines.branches({
      step: `verify${home}`,
      uses: 'traffic.prove',
      with: { in: where, lasts: ms(lasts), errorRate: `${errorRate * 100} %`, p95: ms(p95) },
    }),
    ...lines.branches({ step: `verify${home}`, uses: 'compute.prove', with: { in: where } }),
  };
  // That nobody else takes writes is seen last: an old writer may come back meanwhile.
  const alone = lines.branches({
    step: `verify${home}`,
    uses: 'data.prove',
    with: { on: where, fenced, protected: isLater, holds },
  });
  const counted = lines.branches({
    step: `count-heartbeats${home}`,
    uses: 'data.count',
    with: { on: where },
  });
  const checked = lines.branches({
    step: `check-data${home}`,
    uses: 'data.check',
    with: { on: where, expected: 'baseline' },
  });
  return { verify: { row: [besides(serving), besides(alone)] }, check: { row: [besides(counted), besides(checked)] } };
}
