import { certainty, value } from './figure-words.ts';
import type { Report } from './report-schema.ts';
import { layOut, namesServedAgain } from './served-layout.ts';
import { servedRows } from './served-words.ts';
import { Table } from './table.tsx';

const WIDTH = 1000;
const AREA = { left: 60, right: 984, top: 44, bottom: 168 };
const HEIGHT = AREA.bottom + 26;

/** How the customers of each public name were served again, one after another: a curve, and its figures as a table. */
export function ServedAgain({ report }: { report: Report }) {
  const names = namesServedAgain(report);
  if (names.length === 0) return null;
  return (
    <section aria-labelledby="served">
      <h2 id="served">Customers served</h2>
      {names.map((one) => (
        <div key={one.of} class="served">
          {names.length > 1 && <h3>{one.name}</h3>}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
          <section class="scroller" tabIndex={0} aria-label={`Customers served at ${one.name}, scrolls sideways`}>
            <Curve one={one} toMs={report.timeline.toMs} />
          </section>
          <Table
            caption={`${one.served.customers} watched customers of ${one.name}, whose resolver caches are spread over the TTL: time from the failure until served again`}
            rows={servedRows(one.served)}
            columns={[
              { title: 'Served again', cell: ({ title }) => title },
              { title: 'After', isNumber: true, cell: ({ figure }) => value(figure) },
              { title: 'Certainty', cell: ({ figure }) => certainty(figure) },
            ]}
          />
        </div>
      ))}
    </section>
  );
}

function Curve({ one, toMs }: { one: ReturnType<typeof namesServedAgain>[number]; toMs: number }) {
  const { of, name, served, targetMs, words } = one;
  const { line, ticks, levels, markers, target } = layOut(served, { toMs, targetMs }, AREA);
  const { left, right, top, bottom } = AREA;
  const points = line.map(({ x, y }) => `${x},${y.toFixed(1)}`).join(' ');
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-labelledby={`served-${of}-title served-${of}-words`}
    >
      <title id={`served-${of}-title`}>{`Customers served at ${name} over the time since the failure`}</title>
      <desc id={`served-${of}-words`}>{`${words} The table below gives the same times.`}</desc>
      {levels.map(({ y, customers }) => (
        <g key={customers}>
          <line class="grid" x1={left} x2={right} y1={y} y2={y} />
          <text class="faint" x={left - 10} y={y + 4} text-anchor="end">
            {customers}
          </text>
        </g>
      ))}
      {ticks.map(({ x, words: at }) => (
        <text key={x} class="faint" x={x} y={bottom + 18} text-anchor="middle">
          {at}
        </text>
      ))}
      <polygon class="served-area" points={`${left},${bottom} ${points} ${line.at(-1)?.x ?? right},${bottom}`} />
      <polyline class="served-line" points={points} />
      {target && (
        <g>
          <line class="target" x1={target.x} x2={target.x} y1={top} y2={bottom} />
          <text
            class="faint length"
            x={target.anchor === 'start' ? target.x + 6 : target.x - 6}
            y={bottom - 8}
            text-anchor={target.anchor}
          >
            {target.words}
          </text>
        </g>
      )}
      {markers.map(({ title, x, line: row, anchor }) => (
        <g key={title}>
          <line class="moment" x1={x} x2={x} y1={14 + 14 * row} y2={bottom} />
          <text x={anchor === 'start' ? x + 5 : x - 5} y={14 + 14 * row} text-anchor={anchor}>
            {title}
          </text>
        </g>
      ))}
    </svg>
  );
}
