import { inWords } from '../duration.ts';
import type { Report } from './report-schema.ts';

/** The timeline for a narrow screen: each lane has its name above its bar, so that both are readable without scrolling sideways. */
export function TimelineLanes({ report }: { report: Report }) {
  const { timeline, outage } = report;
  const { fromMs, toMs } = timeline;
  const share = (ms: number) => `${((100 * (ms - fromMs)) / Math.max(1, toMs - fromMs)).toFixed(2)}%`;
  const bar = (from: number, to: number | null) => {
    const length = Math.max(0, (to ?? toMs) - from);
    return `left:${share(from)};width:max(2px,${share(fromMs + length)})`;
  };
  const waited = new Set(timeline.criticalPath.map(({ step }) => step));
  return (
    <ol class="lanes">
      {timeline.markers.map(({ title, atMs }) => (
        <li key={title}>
          <span>{title}</span>
          <b>{inWords(atMs - fromMs)}</b>
          <div class="lane">
            <i class="at" style={`left:${share(atMs)}`} />
          </div>
        </li>
      ))}
      {outage.windows.length > 0 && (
        <li>
          <span>customers without service</span>
          <b>{inWords(outage.windows.reduce((sum, one) => sum + one.toMs - one.fromMs, 0))}</b>
          <div class="lane">
            {outage.windows.map((one) => (
              <i key={one.fromMs} class="outage" style={bar(one.fromMs, one.toMs)} />
            ))}
          </div>
        </li>
      )}
      {timeline.steps.map(({ step, fromMs: from, toMs: to }) => (
        <li key={`${step}/${from}`}>
          <span>{step}</span>
          <b>{to === null ? 'did not end' : inWords(to - from)}</b>
          <div class="lane">
            <i class={waited.has(step) ? 'waited-for' : ''} style={bar(from, to)} />
          </div>
        </li>
      ))}
    </ol>
  );
}
