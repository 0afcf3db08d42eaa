import { scaleLinear } from 'd3-scale';
import { inWords } from '../duration.ts';
import { pageOf } from '../report/page.tsx';
import { Table } from '../report/table.tsx';
import { withCommas } from '../with-commas.ts';
import type { Answer, Spread } from './answer.ts';
import {
  ENDING_HEADS,
  endingRows,
  FIGURE_HEADS,
  figureRows,
  headOf,
  isMeasured,
  SIMULATED,
  sentenceOf,
  WAITED_HEADS,
  waitedRows,
} from './rows.ts';

/** What the rehearsals gave, as one page that needs nothing else. */
export const rehearsalsPage = (answer: Answer, changes: readonly string[], worst: string | undefined): string =>
  pageOf(`Rehearsals of ${answer.title}`, <Page answer={answer} changes={changes} worst={worst} />);

function Page({ answer, changes, worst }: { answer: Answer; changes: readonly string[]; worst: string | undefined }) {
  const { title, topology, seeds, runs, tool, madeAt, overrides, rto, rpo } = answer;
  return (
    <>
      <header class="masthead">
        <h1>{title}</h1>
        <p class="mark">{SIMULATED}</p>
        <p>{sentenceOf(answer)}</p>
        <p class="quiet">
          {`${withCommas(runs)} rehearsals on ${topology}, seeds ${seeds.from} to ${seeds.to}, made by ${tool} at ${madeAt}.`}
        </p>
        {overrides.length > 0 && <p class="quiet">{`With --set ${overrides.join(', ')}.`}</p>}
        {changes.map((one) => (
          <p key={one}>{one}</p>
        ))}
      </header>
      <main>
        <Rows
          id="figures"
          title="Figures"
          heads={FIGURE_HEADS}
          rows={figureRows(answer)}
          caption="Each figure over all rehearsals"
        />
        {isMeasured(rto) && <Histogram id="rto" title="Recovery time (RTO)" of={rto} />}
        {isMeasured(rpo) && <Histogram id="rpo" title="Data loss (RPO)" of={rpo} />}
        <Rows
          id="endings"
          title="How they ended"
          heads={ENDING_HEADS}
          rows={endingRows(answer)}
          caption="Runs by outcome and reason, with a seed of each"
        />
        <Rows
          id="waited"
          title="What the recovery waited for"
          heads={WAITED_HEADS}
          rows={waitedRows(answer)}
          caption="Steps on the critical path, with their part of the recovery time of all runs"
        />
        {worst !== undefined && (
          <section aria-labelledby="worst">
            <h2 id="worst">The longest recovery in full</h2>
            <pre>{worst}</pre>
          </section>
        )}
      </main>
    </>
  );
}

function Rows({
  id,
  title,
  heads,
  rows,
  caption,
}: {
  id: string;
  title: string;
  heads: string[];
  rows: string[][];
  caption: string;
}) {
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <Table
        caption={caption}
        rows={rows}
        columns={heads.map((head, index) => ({
          title: headOf(head),
          isNumber: index > 0 && head !== 'WHY',
          cell: (row: string[]) => row[index] ?? '',
        }))}
      />
    </section>
  );
}

const WIDTH = 1000;
const AREA = { left: 60, right: 984, top: 24, bottom: 200 };

/** Room for a time below the axis. */
const LABEL = 96;

/** How many runs took how long, with the target as a line. */
function Histogram({ id, title, of: { histogram, limitMs, known } }: { id: string; title: string; of: Spread }) {
  const [first] = histogram;
  const last = histogram.at(-1);
  if (!first || !last) return null;
  const { left, right, top, bottom } = AREA;
  const toMs = Math.max(last.toMs, limitMs === null ? 0 : limitMs * 1.02);
  const fromMs = Math.min(first.fromMs, limitMs ?? first.fromMs);
  const x = scaleLinear([fromMs, toMs], [left, right]);
  const y = scaleLinear([0, Math.max(...histogram.map(({ count }) => count))], [bottom, top]);
  const words = `${withCommas(known)} runs between ${inWords(first.fromMs)} and ${inWords(last.toMs)}${limitMs === null ? '' : `; the target is ${inWords(limitMs)}`}.`;
  return (
    <section aria-labelledby={`${id}-h`}>
      <h2 id={`${id}-h`}>{title}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section class="scroller" tabIndex={0} aria-label={`${title}, scrolls sideways`}>
        <svg class="chart" viewBox={`0 0 ${WIDTH} ${bottom + 34}`} role="img" aria-labelledby={`${id}-t ${id}-d`}>
          <title id={`${id}-t`}>{`${title}: how many runs took how long`}</title>
          <desc id={`${id}-d`}>{words}</desc>
          {y.ticks(4).map((count) => (
            <g key={count}>
              <line class="grid" x1={left} x2={right} y1={y(count)} y2={y(count)} />
              <text class="faint" x={left - 10} y={y(count) + 4} text-anchor="end">
                {count}
              </text>
            </g>
          ))}
          {histogram.map((bin) => (
            <rect
              key={bin.fromMs}
              class={limitMs !== null && bin.fromMs >= limitMs ? 'bar bad' : 'bar'}
              x={x(bin.fromMs) + 1}
              width={Math.max(1, x(bin.toMs) - x(bin.fromMs) - 2)}
              y={y(bin.count)}
              height={bottom - y(bin.count)}
            >
              <title>{`${bin.count} runs from ${inWords(bin.fromMs)} to ${inWords(bin.toMs)}`}</title>
            </rect>
          ))}
          {histogram
            .filter((_, index) => index % Math.ceil(LABEL / (x(first.toMs) - x(first.fromMs))) === 0)
            .map(({ fromMs: at }) => (
              <text key={at} class="faint" x={x(at)} y={bottom + 20} text-anchor="middle">
                {inWords(at)}
              </text>
            ))}
          {limitMs !== null && (
            <g>
              <line class="target" x1={x(limitMs)} x2={x(limitMs)} y1={top - 8} y2={bottom} />
              <text x={x(limitMs) - 6} y={top - 10} text-anchor="end">{`target ${inWords(limitMs)}`}</text>
            </g>
          )}
        </svg>
      </section>
      <p class="quiet">{words}</p>
    </section>
  );
}
