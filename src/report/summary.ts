import { countedAs } from '../drill/measures.ts';
import type { Figure } from '../measure/figure.ts';
import type { Held } from '../measure/verdict.ts';
import { componentFigures, standingWords } from './component-figures.ts';
import { against, certainty, rowsLost, value } from './figure-words.ts';
import type { Report } from './report-schema.ts';
import { isDistribution, servedShortly } from './served-words.ts';

/** The closing lines for a terminal: plain text, without colour. */
export function summaryLines(report: Report): string[] {
  const { drill, verdict, targets, objective, recovery, dataLoss, outage, served, rehearsal, caveat, surprise } =
    report;
  const components = componentFigures(report).map((one) => ({
    ...one,
    label: `${one.measure === 'recovery' ? 'RTO' : 'RPO'} of ${one.of}`,
  }));
  const width = Math.max('Customer outage'.length, ...components.map(({ label }) => label.length)) + 2;
  const line = (name: string, text: string) => `${name.padEnd(width)}${text}`;
  const held = (figure: Figure, target: Held | null, platform: Held | null) =>
    `${value(figure)} (${certainty(figure)})  target ${against(target, figure, rehearsal)}${platform === null ? '' : `  platform objective ${against(platform, figure, rehearsal)}`}`;
  return [
    ...(caveat === null ? [] : [caveat]),
    `${verdict.words}. ${verdict.sentence}`,
    ...(surprise === null ? [] : [surprise.words]),
    line('RTO', held(recovery.total, targets.rto, objective.rto)),
    line('RPO', held(dataLoss.loss, targets.rpo, objective.rpo)),
    line(
      countedAs(drill.measures).title,
      'unknown' in dataLoss.rows ? `${rowsLost(dataLoss)} (${dataLoss.rows.unknown})` : rowsLost(dataLoss),
    ),
    line('Customer outage', `${value(outage.duration)} (${certainty(outage.duration)})`),
    ...(isDistribution(served) ? [line('Served again', servedShortly(served))] : []),
    ...components.map(({ label, figure, target }) =>
      line(
        label,
        `${value(figure)} (${certainty(figure)})${target === null ? '' : `  target ${against(target, figure, rehearsal)}`}`,
      ),
    ),
    ...standingWords(report),
    ...(verdict.contradiction ? [verdict.contradiction] : []),
  ].map(printable);
}

/** Reasons may quote AWS or a person: control characters must not move the cursor. */
const printable = (line: string): string => line.replace(/\p{Cc}+/gu, ' ');
