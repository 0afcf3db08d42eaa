import { inWords } from '../duration.ts';
import {
  chart,
  chartInWords,
  lossInWords,
  type PlacedMarker,
  placeMarkers,
  textWidth,
  timeScale,
} from './chart-layout.ts';
import type { Report } from './report-schema.ts';

type X = (ms: number) => number;

/** Phases, steps, the customer outage and the data loss over the time of the run. */
export function TimelineChart({ report }: { report: Report }) {
  const { timeline, outage, dataLoss } = report;
  const { x, ticks } = timeScale(timeline);
  const markers = placeMarkers(timeline.markers, x);
  const top = 8 + chart.labelLine * Math.max(1, ...markers.map(({ line }) => line + 1));
  const hasOutage = outage.probes !== null;
  const lossLane = hasOutage ? 2 : 1;
  const firstStep = lossLane + (dataLoss.window ? 1 : 0);
  const bottom = top + chart.lane * (firstStep + timeline.steps.length) + 4;
  const laneTop = (lane: number) => top + chart.lane * lane;
  const height = bottom + 24;
  return (
    <svg class="chart" viewBox={`0 0 ${chart.width} ${height}`} role="img" aria-labelledby="chart-title chart-words">
      <title id="chart-title">Timeline of the run</title>
      <desc id="chart-words">{chartInWords(report)}</desc>
      {ticks.map(({ atMs, sinceStartMs }) => (
        <g key={atMs}>
          <line class="grid" x1={x(atMs)} x2={x(atMs)} y1={top} y2={bottom} />
          <text class="faint" x={x(atMs)} y={bottom + 16} text-anchor="middle">
            {sinceStartMs === 0 ? '0' : inWords(sinceStartMs)}
          </text>
        </g>
      ))}
      <Phases phases={timeline.phases} x={x} y={laneTop(0)} endMs={timeline.toMs} />
      {hasOutage && <OutageLane windows={outage.windows} x={x} y={laneTop(1)} />}
      {dataLoss.window && (
        <LossLane window={dataLoss.window} words={lossInWords(dataLoss, timeline)} x={x} y={laneTop(lossLane)} />
      )}
      {/* Below the steps: a length stays readable where a line would cross it. */}
      {markers.map((marker) => (
        <MarkerLine key={marker.title} marker={marker} bottom={bottom} />
      ))}
      {timeline.steps.map((step, index) => (
        <StepBar
          key={`${step.step}/${step.fromMs}`}
          step={step}
          isWaitedFor={timeline.criticalPath.some((part) => part.step === step.step)}
          x={x}
          y={laneTop(index + firstStep)}
          endMs={timeline.toMs}
        />
      ))}
    </svg>
  );
}

function Phases({ phases, x, y, endMs }: { phases: Report['timeline']['phases']; x: X; y: number; endMs: number }) {
  return (
    <g>
      <LaneName y={y} name="phases" />
      {phases.map(({ phase, fromMs, toMs }) => {
        const width = Math.max(1, x(toMs ?? endMs) - x(fromMs));
        return (
          <g key={`${phase}/${fromMs}`}>
            <rect class="phase" x={x(fromMs)} y={y + 3} width={width} height={chart.bar + 6} rx="3">
              <title>{`${phase}: ${inWords((toMs ?? endMs) - fromMs)}`}</title>
            </rect>
            {width > textWidth(phase) + 8 && (
              <text class="faint" x={x(fromMs) + width / 2} y={y + 17} text-anchor="middle">
                {phase}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

function OutageLane({ windows, x, y }: { windows: Report['outage']['windows']; x: X; y: number }) {
  return (
    <g>
      <LaneName y={y} name="customers without service" />
      <rect
        class="outage-lane"
        x={chart.left}
        y={y + 6}
        width={chart.width - chart.left - chart.right}
        height={chart.bar}
        rx="3"
      />
      {windows.map(({ fromMs, toMs }) => (
        <rect
          key={fromMs}
          class="outage"
          x={x(fromMs)}
          y={y + 6}
          width={Math.max(2, x(toMs) - x(fromMs))}
          height={chart.bar}
          rx="3"
        >
          <title>{`No service for ${inWords(toMs - fromMs)}`}</title>
        </rect>
      ))}
    </g>
  );
}

type Window = NonNullable<Report['dataLoss']['window']>;

/** From the last write that is there to the last that should be. */
function LossLane({ window, words, x, y }: { window: Window; words: string; x: X; y: number }) {
  const end = x(window.toMs);
  const isLost = window.toMs > window.fromMs;
  return (
    <g>
      <LaneName y={y} name="data lost" />
      {isLost && (
        <rect
          class="lost"
          x={Math.min(x(window.fromMs), end - 2)}
          y={y + 6}
          width={Math.max(2, end - x(window.fromMs))}
          height={chart.bar}
          rx="3"
        >
          <title>{words}</title>
        </rect>
      )}
      <Length words={words} from={x(window.fromMs)} to={end} y={y} />
    </g>
  );
}

function StepBar(props: {
  step: Report['timeline']['steps'][number];
  isWaitedFor: boolean;
  x: X;
  y: number;
  endMs: number;
}) {
  const { step, isWaitedFor, x, y, endMs } = props;
  const stopMs = step.toMs ?? endMs;
  const start = x(step.fromMs);
  const width = Math.max(2, x(stopMs) - start);
  const length = inWords(stopMs - step.fromMs);
  const look = step.outcome === 'ok' ? (isWaitedFor ? 'bar waited' : 'bar') : 'bar bad';
  return (
    <g>
      <LaneName y={y} name={step.step} />
      <rect class={look} x={start} y={y + 6} width={width} height={chart.bar} rx="3">
        <title>{`${step.title}: ${length}, ${step.outcome}`}</title>
      </rect>
      <Length words={length} from={start} to={start + width} y={y} />
    </g>
  );
}

/** Behind a bar, or before it where there is no room behind. */
function Length({ words, from, to, y }: { words: string; from: number; to: number; y: number }) {
  const fits = to + textWidth(words) + 8 < chart.width;
  return (
    <text class="faint length" x={fits ? to + 6 : from - 6} y={y + 17} text-anchor={fits ? 'start' : 'end'}>
      {words}
    </text>
  );
}

const LaneName = ({ y, name }: { y: number; name: string }) => (
  <text x="0" y={y + 17}>
    {name}
  </text>
);

function MarkerLine({ marker, bottom }: { marker: PlacedMarker; bottom: number }) {
  const { title, x, line, anchor } = marker;
  const y = 4 + chart.labelLine * (line + 1);
  return (
    <g>
      <line class="moment" x1={x} x2={x} y1={y - 10} y2={bottom} />
      <text x={anchor === 'start' ? x + 5 : x - 5} y={y - 2} text-anchor={anchor}>
        {title}
      </text>
    </g>
  );
}
