import { countedAs } from '../drill/measures.ts';
import { inWords } from '../duration.ts';
import { boundOf, type Figure, isKnown } from '../measure/figure.ts';
import type { Held } from '../measure/verdict.ts';
import { withCommas } from '../with-commas.ts';
import { countsOf } from './counts.ts';
import { certainty, rowsLost, standing, value } from './figure-words.ts';
import { heldOn } from './mark.ts';
import type { Report } from './report-schema.ts';

const looks: Record<Report['outcome'], string> = {
  passed: 'is-good',
  'target-missed': 'is-bad',
  failed: 'is-bad',
  'rolled-back': 'is-open',
  aborted: 'is-open',
  unfinished: 'is-open',
};

/** What was drilled, and how it went in one sentence. */
export function Masthead({ report }: { report: Report }) {
  const { drill, verdict, surprise, outcome } = report;
  return (
    <header class="masthead">
      <p class="quiet">Disaster-recovery drill, {heldOn(report)}</p>
      <h1>{drill.title}</h1>
      <div class={`verdict ${looks[outcome]}`}>
        <p class="words">
          <span class="badge">{verdict.words}</span>
          <Counts report={report} />
        </p>
        <p>{verdict.sentence}</p>
      </div>
      {surprise && <p class="quiet">{surprise.words}</p>}
      {verdict.contradiction && <p class="contradiction">{verdict.contradiction}</p>}
    </header>
  );
}

/** How much was found, with the way to it. */
const Counts = ({ report }: { report: Report }) => (
  <span class="counts">
    {countsOf(report).map(({ what, words, section }) => (
      <a key={what} href={`#${section}`}>
        {words}
      </a>
    ))}
  </span>
);

/** The four figures that are asked for first. */
export function Figures({ report }: { report: Report }) {
  const { recovery, dataLoss, outage, targets, objective, rehearsal } = report;
  const held = (target: Held | null, platform: Held | null) => ({ target, platform, rehearsal });
  return (
    <section aria-labelledby="figures">
      <h2 id="figures" class="sr">
        Figures
      </h2>
      <div class="figures">
        <BigFigure name="Recovery time (RTO)" figure={recovery.total} held={held(targets.rto, objective.rto)} />
        <BigFigure name="Data loss (RPO)" figure={dataLoss.loss} held={held(targets.rpo, objective.rpo)} />
        <BigFigure name="Customer outage" figure={outage.duration} extra={failedProbes(report)} />
        <RowsLost dataLoss={dataLoss} drill={report.drill} />
      </div>
    </section>
  );
}

function BigFigure(props: {
  name: string;
  figure: Figure;
  held?: { target: Held | null; platform: Held | null; rehearsal: boolean };
  extra?: string;
}) {
  const { name, figure, held, extra } = props;
  return (
    <div class="figure">
      <h3>{name}</h3>
      <p class={isKnown(figure) ? 'value' : 'value unknown'}>{unbroken(value(figure))}</p>
      <p class="quiet">{certainty(figure)}</p>
      {extra && <p class="quiet">{extra}</p>}
      {held?.target && <Gauge figure={figure} held={held.target} />}
      {held && (
        <ul>
          <Limit name="Target" held={held.target} figure={figure} rehearsal={held.rehearsal} />
          {held.platform && (
            <Limit name="Platform objective" held={held.platform} figure={figure} rehearsal={held.rehearsal} />
          )}
        </ul>
      )}
    </div>
  );
}

function Limit(props: { name: string; held: Held | null; figure: Figure; rehearsal: boolean }) {
  const { name, held, figure, rehearsal } = props;
  if (held === null) return <li>{name}: none</li>;
  return (
    <li>
      {name} {inWords(held.limitMs)}:{' '}
      <span class={held.standing === 'met' ? 'good' : held.standing === 'missed' ? 'bad' : 'warn'}>
        {standing(held, figure, rehearsal)}
      </span>
    </li>
  );
}

/** How much of the target was used; the upright line is the target. */
function Gauge({ figure, held }: { figure: Figure; held: Held }) {
  const usedMs = boundOf(figure);
  if (usedMs === undefined || held.limitMs === 0) return null;
  const full = Math.max(usedMs, held.limitMs) * 1.02;
  const share = (ms: number) => `${((100 * ms) / full).toFixed(1)}%`;
  return (
    <div class={held.standing === 'missed' ? 'gauge over' : 'gauge'} aria-hidden="true">
      <i style={`width:${share(usedMs)}`} />
      <b style={`left:${share(held.limitMs)}`} />
    </div>
  );
}

function RowsLost({ dataLoss, drill }: Pick<Report, 'dataLoss' | 'drill'>) {
  const { rows } = dataLoss;
  const { title, many } = countedAs(drill.measures);
  if ('unknown' in rows) {
    return (
      <div class="figure">
        <h3>{title}</h3>
        <p class="value unknown">{rowsLost(dataLoss)}</p>
        <p class="quiet">{rows.unknown}</p>
      </div>
    );
  }
  return (
    <div class="figure">
      <h3>{title}</h3>
      <p class="value">{withCommas(rows.lost)}</p>
      <p class="quiet">
        {rowsLost(dataLoss)} {many}, counted
      </p>
      {rows.gaps > 0 && (
        <p class="bad">
          {rows.lostInGaps} of them in {rows.gaps} {rows.gaps === 1 ? 'gap' : 'gaps'}
        </p>
      )}
      {rows.lostAfterImpairment > 0 && <p class="bad">{rows.lostAfterImpairment} confirmed after the failure</p>}
    </div>
  );
}

/** Keeps a number and its unit on one line. */
const unbroken = (text: string): string => text.replace(/(\d) (?=[a-z])/g, '$1\u00a0');

function failedProbes({ outage }: Report): string {
  const { failedProbes: failed, probes } = outage;
  return failed === null || probes === null ? '' : `${withCommas(failed)} of ${withCommas(probes)} requests failed`;
}
