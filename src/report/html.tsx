import { renderToString } from 'preact-render-to-string';
import { Approvals } from './approvals-table.tsx';
import { Checks, DataChecks } from './checks-tables.tsx';
import { Components } from './component-table.tsx';
import { Before, SignOff } from './follow-up.tsx';
import { Figures, Masthead } from './headline.tsx';
import { Aftermath, Findings } from './incidents.tsx';
import { LeftForPlans } from './left-table.tsx';
import { marked, markOf } from './mark.ts';
import { Notices } from './notices-table.tsx';
import { pageOf } from './page.tsx';
import { Controls, Environment, Method } from './provenance.tsx';
import type { Report } from './report-schema.ts';
import { ServedAgain } from './served-chart.tsx';
import { SplitBar } from './split-bar.tsx';
import { StepsTable } from './steps-table.tsx';
import { printCss } from './style-print.ts';
import { TimelineChart } from './timeline-chart.tsx';
import { TimelineLanes } from './timeline-lanes.tsx';

/** The report as one page. */
export const toHtml = (report: Report): string =>
  pageOf(marked(`${report.verdict.words}: ${report.drill.title}`, report), <Page report={report} />, { css: printCss });

function Page({ report }: { report: Report }) {
  const mark = markOf(report);
  const sections = renderToString(<Sections report={report} />);
  return (
    <>
      {mark && <Caveat {...mark} />}
      <Masthead report={report} />
      <Contents page={sections} />
      <main dangerouslySetInnerHTML={{ __html: sections }} />
      <footer>
        Written by {report.tool} from journal <code>{report.journal.hash.slice(0, 16)}</code>. The same journal gives
        the same report.
      </footer>
    </>
  );
}

/** Links to the sections, read off the page: which of them it has depends on the run. */
function Contents({ page }: { page: string }) {
  const sections = [...page.matchAll(/<h2 id="([^"]+)">([^<]+)</g)];
  return (
    <nav class="contents" aria-label="Contents">
      {sections.map(([, id, title]) => (
        <a key={id} href={`#${id}`} dangerouslySetInnerHTML={{ __html: title ?? '' }} />
      ))}
    </nav>
  );
}

function Sections({ report }: { report: Report }) {
  const { timeline } = report;
  return (
    <>
      <Figures report={report} />
      <Components report={report} />
      <SplitBar report={report} />
      <ServedAgain report={report} />
      <section aria-labelledby="timeline">
        <h2 id="timeline">Timeline</h2>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
        <section class="scroller timeline" tabIndex={0} aria-label="Timeline, scrolls sideways">
          <TimelineChart report={report} />
        </section>
        <TimelineLanes report={report} />
        <ChartKey />
      </section>
      <StepsTable timeline={timeline} />
      <Approvals approvals={report.approvals} />
      <Notices notices={report.notices} />
      <DataChecks dataChecks={report.dataChecks} />
      <Checks checks={report.checks} />
      <Findings findings={report.findings} deviations={report.deviations} />
      <Aftermath report={report} />
      <LeftForPlans report={report} />
      <Before before={report.before} />
      <Environment report={report} />
      <Controls controls={report.controls} />
      <Method method={report.method} />
      <SignOff report={report} />
    </>
  );
}

/** Its first words, such as SIMULATED, stand across every page. */
function Caveat({ mark, text }: { mark: string; text: string }) {
  return (
    <>
      <aside class="simulated" aria-label={mark === 'SIMULATED' ? 'Simulated' : mark}>
        <strong>{mark}</strong> {text}
      </aside>
      <div class="watermark" aria-hidden="true">
        {mark}
      </div>
    </>
  );
}

const ChartKey = () => (
  <ul class="key">
    <li>
      <i class="tone-0" aria-hidden="true" />
      the recovery waited for this step
    </li>
    <li>
      <i class="tone-2" aria-hidden="true" />
      ran beside, before or after
    </li>
    <li>
      <i style="background:var(--bad)" aria-hidden="true" />
      no service, or a step that failed
    </li>
    <li>
      <i style="background:var(--warn)" aria-hidden="true" />
      from the last write that is there to the last that should be
    </li>
  </ul>
);
