import type { Measures } from '../drill/measures.ts';
import { inWords } from '../duration.ts';
import type { EventOf } from '../journal/events.ts';
import type { DataLoss } from '../measure/data-loss.ts';
import { isKnown } from '../measure/figure.ts';
import type { RecoveryTime } from '../measure/recovery-split.ts';
import type { Held } from '../measure/verdict.ts';
import type { Quorum } from './quorum.ts';
import type { Report } from './report-schema.ts';

type Mode = EventOf<'run-started'>['mode'];
type Outcome = Report['outcome'];

const words: Record<Outcome, string> = {
  passed: 'Passed',
  'target-missed': 'Target missed',
  failed: 'Failed',
  'rolled-back': 'Rolled back',
  aborted: 'Aborted',
  unfinished: 'Unfinished',
};

/** The verdict in a word or two; of a rehearsal it is always said that it was one. */
export const wordsFor = (outcome: Outcome, rehearsal: boolean): string =>
  rehearsal ? `${words[outcome]} in rehearsal` : words[outcome];

/** What a rehearsal must say before anything else. */
export function caveatOf(
  mode: Mode,
  elsewhere: string | undefined,
  /** Settings by which the simulated world is not as usual. */
  changes: readonly string[] = [],
): string | null {
  if (mode === 'dry-run') {
    const broken = changes.length === 0 ? '' : ` Broken on purpose: ${changes.join(', ')}.`;
    return `SIMULATED: a dry run proves nothing about the real account.${broken}`;
  }
  return elsewhere === undefined ? null : `NOT AWS: a run at ${elsewhere} proves nothing about the real account.`;
}

interface Facts {
  outcome: Outcome;
  mode: Mode;
  elsewhere: string | undefined;
  reason: string;
  measures: Measures;
  recovery: RecoveryTime;
  loss: DataLoss;
  losses: Report['losses'];
  targets: { rto: Held | null; rpo: Held | null };
  reasons: string[];
  quorum: Quorum;
  /** How many changes were undone, were refused by AWS and so had nothing to undo, could not be undone, and stand. */
  changes: { undone: number; refused: number; stuck: number; standing: number };
  /** How many steps hold the run, since they cannot be undone. */
  held: number;
  /** How many data checks were made, how many of them failed, and how many were not made, such as those that a simulated database cannot answer. */
  dataChecks: { made: number; failed: number; unmade: number };
  /** Data stores that nobody could look into. */
  withoutLogin: string[];
  /** Data stores that are not essential, and that the rest continued without. */
  givenUp: string[];
}

/** What happened, in one sentence for someone who was not there. */
export function sentenceFor(facts: Facts): string {
  const { outcome, mode, elsewhere, reason } = facts;
  const at = mode === 'dry-run' ? 'In the simulation, ' : elsewhere ? `At ${elsewhere}, which is not AWS, ` : '';
  const where = facts.quorum === null ? at : `${at}${facts.quorum.words}; `;
  switch (outcome) {
    case 'passed': {
      return sentence(`${where}${recovered(facts)}, and ${lost(facts)}; ${proven(facts)}${goneWithout(facts)}`);
    }
    case 'target-missed':
      return sentence(`${where}${recovered(facts)}, and ${lost(facts)}${others(facts)}${goneWithout(facts)}`);
    case 'failed':
      return sentence(
        `${where}the drill stopped ${stoppedHow(facts)}: ${reason.replace(/\.$/, '')}; a person must decide what happens next`,
      );
    case 'rolled-back':
      return sentence(`${where}a step failed${becameOf(facts.changes)}: ${reason}`);
    case 'aborted':
      return sentence(`${where}the drill was stopped${stoppedEarly(facts)}: ${reason}`);
    case 'unfinished':
      return sentence(`${where}${reason}: the run is still going on, or it was cut off`);
  }
}

function becameOf({ undone, refused, standing }: Facts['changes']): string {
  if (undone > 0 && standing > 0) return ' and what could be undone was undone';
  if (undone > 0) return ' and what had been changed was undone';
  if (standing > 0) return '; nothing had to be undone';
  return refused > 0 ? ', and none of its changes is in force' : ' before anything was changed';
}

/** Changes that stand although others were undone are held, or have no undo. */
function stoppedEarly({ held, changes }: Facts): string {
  const became = becameOf(changes);
  if (held > 0) return ' before its end and is held';
  return became.startsWith(' before') ? became : ` before its end${became}`;
}

const stoppedHow = ({ held, changes: { stuck } }: Facts): string =>
  held === 0 && stuck > 0 ? 'and not everything could be undone' : 'and is held';

/** Set where the whole journal, with all that was written while the run ended, says otherwise than the run did. */
export function contradictionOf(outcome: Outcome, verdict: { met: boolean; reasons: string[] }): string | null {
  if (outcome === 'passed' && !verdict.met)
    return `The run ended as passed, but its journal says otherwise: ${verdict.reasons.join('; ')}.`;
  if (outcome === 'target-missed' && verdict.met)
    return 'The run ended as target missed, but by its whole journal every target was met.';
  return null;
}

function recovered({ recovery, measures, targets, dataChecks }: Facts): string {
  const { total, neverLost } = recovery;
  if (measures.recovery === null) return 'everything was done';
  if (!isKnown(total)) {
    if (total.atLeastMs === undefined) return `it is not known how long recovery took (${total.unknown})`;
    return `recovery took more than ${inWords(total.atLeastMs)}, ${against(targets.rto, total.atLeastMs)} (${total.unknown})`;
  }
  if (neverLost) return 'customers never lost service';
  const { from, until } = measures.recovery;
  const what =
    until === 'served'
      ? 'customers were served again'
      : from === 'choose' && until === 'check'
        ? `the database was restored and its data ${dataChecks.failed > 0 ? 'checked' : 'proven'}`
        : `the phase ${until} was completed`;
  return `${what} after ${inWords(total.ms)}, ${against(targets.rto, total.ms)}`;
}

function proven({ dataChecks: { made, unmade }, withoutLogin }: Facts): string {
  const notSeen = withoutLogin.length === 0 ? '' : ': no login was given';
  if (made + unmade === 0) return `the data was not checked${notSeen}`;
  const apart =
    withoutLogin.length === 0 ? '' : `; not checked for lack of a login: ${withoutLogin.join(', ')}${notSeen}`;
  if (unmade === 0) return `the data passed every check${apart}`;
  return `the data passed ${made === 1 ? 'the one check that was' : `the ${made} checks that were`} made, ${unmade} ${unmade === 1 ? 'was' : 'were'} not made${apart}`;
}

function lost({ loss, losses, measures, targets }: Facts): string {
  if (measures.loss === null) return 'data loss was not assessed';
  const { loss: figure } = loss;
  if (!isKnown(figure)) {
    if (figure.atLeastMs === undefined) return `it is not known how much data was lost (${figure.unknown})`;
    return `more than ${inWords(figure.atLeastMs)} of data was lost, ${against(targets.rpo, figure.atLeastMs)} (${figure.unknown})`;
  }
  const length = `${figure.source === 'estimated' ? 'an estimated ' : ''}${inWords(figure.ms)}`;
  if (measures.loss === 'recovery-point')
    return `the restored data was ${length} old, ${against(targets.rpo, figure.ms)}`;
  if (measures.loss === 'markers')
    return figure.ms === 0
      ? `nothing would have been lost with the primary region, ${against(targets.rpo, 0)}`
      : `the last ${length} of records would have been lost with the primary region, ${against(targets.rpo, figure.ms)}`;
  return figure.ms === 0
    ? `no data was lost${whereCounted(losses)}, ${against(targets.rpo, 0)}`
    : `${length} of data was lost${whereLost(losses, figure.ms)}, ${against(targets.rpo, figure.ms)}`;
}

/** Of several data stores, those whose figure is known: nothing is said of the others. */
const whereCounted = (losses: Report['losses']): string =>
  losses.length > 1 ? ` in ${losses.flatMap(({ of, loss }) => (isKnown(loss) ? [of] : [])).join(', ')}` : '';

const whereLost = (losses: Report['losses'], ms: number): string =>
  losses.length > 1 ? ` in ${losses.find(({ loss }) => isKnown(loss) && loss.ms === ms)?.of}` : '';

const goneWithout = ({ givenUp }: Facts): string =>
  givenUp.length === 0
    ? ''
    : `; ${givenUp.join(', ')} ${givenUp.length === 1 ? 'was' : 'were'} given up, and the rest went on without`;

function against(held: Held | null, ms: number): string {
  if (held === null) return 'no target';
  const { standing, limitMs } = held;
  if (standing === 'unknown') return `not shown to be within the target of ${inWords(limitMs)}`;
  if (standing === 'missed') return `${inWords(ms - limitMs)} over the target of ${inWords(limitMs)}`;
  return `within the target of ${inWords(limitMs)}`;
}

/** Reasons that no figure tells: checks and holes. */
function others({ reasons }: Facts): string {
  const rest = reasons.filter((reason) => !/^(RTO|RPO) /.test(reason));
  if (rest.length === 0) return '';
  return `; besides, ${rest[0]}${rest.length > 1 ? `, and ${rest.length - 1} more` : ''}`;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/[.\s]+$/, '')}.`;
