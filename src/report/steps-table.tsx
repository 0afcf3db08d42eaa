import { inWords } from '../duration.ts';
import type { Call } from '../measure/calls.ts';
import { percent } from './figure-words.ts';
import { timeOfDay } from './instant.ts';
import { markup } from './markup.ts';
import type { Report } from './report-schema.ts';
import { howItWent, wentWell } from './step-words.ts';
import { Table, Went } from './table.tsx';

type Step = Report['timeline']['steps'][number];

/** Each step with its times, what a person would have typed, and every call it made. */
export function StepsTable({ timeline }: { timeline: Report['timeline'] }) {
  const share = (step: string) => timeline.criticalPath.find((part) => part.step === step)?.share;
  return (
    <section aria-labelledby="steps" class="sheet">
      <h2 id="steps">Steps</h2>
      <Table
        caption="In order of starting, times in UTC. “Of the recovery” is the share that the recovery waited for this step."
        rows={timeline.steps}
        columns={[
          { title: 'Step', cell: (step) => <StepName step={step} /> },
          { title: 'Started', isNumber: true, cell: ({ fromMs }) => timeOfDay(fromMs) },
          {
            title: 'Took',
            isNumber: true,
            cell: ({ fromMs, toMs }) => (toMs === null ? 'unknown' : inWords(toMs - fromMs)),
          },
          { title: 'Allowed', isNumber: true, cell: ({ fromMs, deadlineMs }) => inWords(deadlineMs - fromMs) },
          { title: 'Of the recovery', isNumber: true, cell: ({ step }) => ofRecovery(share(step)) },
          { title: 'Outcome', cell: (step) => <Outcome step={step} /> },
        ]}
        detail={(step) => <StepDetail step={step} />}
      />
      {timeline.watches.length > 0 && <h3>Watches beside the steps</h3>}
      {timeline.watches.map(({ watch, calls }) => (
        <details key={watch}>
          <summary>
            {watch}: {count(calls.length, 'call')}
          </summary>
          <Calls calls={calls} />
        </details>
      ))}
    </section>
  );
}

const StepName = ({ step }: { step: Step }) => (
  <>
    {step.title}
    <br />
    <code class="quiet">{step.step}</code>
  </>
);

function Outcome({ step }: { step: Step }) {
  const { notDone, error, hint } = step;
  return (
    <>
      <Went ok={wentWell(step)}>{howItWent(step)}</Went>
      {notDone && <div>{notDone}</div>}
      {error && <div>{error}</div>}
      {hint && <div class="quiet">{hint}</div>}
    </>
  );
}

function StepDetail({ step }: { step: Step }) {
  const { calls, command, pointOfNoReturn } = step;
  return (
    <details>
      <summary>
        {calls.length === 0 ? 'Command' : `${count(calls.length, 'call')}, command`}
        <span class="sr"> of {step.step}</span>
      </summary>
      <div class="by-hand">
        <p class="quiet">By hand:</p>
        <code class="command">{command}</code>
      </div>
      {pointOfNoReturn && <p class="warn">No way back: {pointOfNoReturn}</p>}
      <Calls calls={calls} />
    </details>
  );
}

function Calls({ calls }: { calls: Call[] }) {
  if (calls.length === 0) return null;
  return <ol class="calls" dangerouslySetInnerHTML={{ __html: calls.map((call) => callLine(call).html).join('') }} />;
}

function callLine({ atMs, service, operation, region, mutating, attempt, tookMs, outcome, requestId, error }: Call) {
  const again = attempt > 1 ? markup`<span class="quiet"> (attempt ${attempt})</span>` : '';
  const failure = error ? markup`<span class="bad wide">${error}</span>` : '';
  const went = markup`<span class="${outcome === 'ok' ? 'good' : 'bad'}">${outcome}</span>`;
  return markup`<li class="${mutating || outcome !== 'ok' ? 'change' : 'look'}"><span class="quiet">${timeOfDay(atMs)}</span><span>${service} ${operation}${again}</span><span class="quiet">${region}</span><span>${went} <span class="quiet">${inWords(tookMs)}</span></span><code>${requestId ?? 'no request id'}</code>${failure}</li>`;
}

const ofRecovery = (share: number | undefined): string => (share === undefined ? '–' : percent(share));

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
