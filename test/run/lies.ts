import { reportOf } from '../../src/report/model.ts';
import { type Finished, whenever } from './drill.ts';
import { storesLie } from './stores-lie.ts';

/** What is wrong with the end that a drill came to: nothing, where it is one that a person can rely on. */
export function lies(run: Finished, unbroken: Finished): string[] {
  const report = reportOf(run.entries, { journalHash: '0'.repeat(64) });
  const held = run.of('held').length > 0;
  const undoFailed = run.of('undo-ended').some(({ outcome }) => outcome === 'failed');
  return [
    ...(report.verdict.contradiction ? [report.verdict.contradiction] : []),
    // What was given up stands where it was.
    ...(run.outcome === 'passed' &&
    report.givenUp.length === 0 &&
    JSON.stringify(whenever(run.standing)) !== JSON.stringify(whenever(unbroken.standing))
      ? ['passed, and stands otherwise than it should']
      : []),
    ...(['rolled-back', 'aborted'].includes(run.outcome) &&
    !held &&
    !undoFailed &&
    JSON.stringify(run.standing) !== JSON.stringify(run.before)
      ? [`${run.outcome}, and does not stand as before`]
      : []),
    ...(run.outcome === 'failed' && !held && !undoFailed && !run.reason.startsWith('delete-restored')
      ? ['failed, and does not say what is held']
      : []),
    ...storesLie(run),
    ...(run.reason === '' ? ['no reason is given'] : []),
  ];
}
