import { timeOfDay } from './instant.ts';
import type { Report } from './report-schema.ts';
import { Table, Went } from './table.tsx';

/** What was found beforehand, and what did not go smoothly. */
export const Findings = ({ findings, deviations }: Pick<Report, 'findings' | 'deviations'>) => (
  <section aria-labelledby="findings">
    <h2 id="findings">Findings and deviations</h2>
    {findings.length === 0 && deviations.length === 0 && (
      <p class="quiet">None: nothing was found, retried, held or late.</p>
    )}
    {findings.length > 0 && (
      <Table
        caption="Found in the account."
        rows={findings}
        columns={[
          { title: 'Finding', cell: ({ what }) => what },
          {
            title: 'Severity',
            cell: ({ severity }) => (
              <span class={severity === 'note' ? 'quiet' : severity === 'warning' ? 'warn' : 'bad'}>{severity}</span>
            ),
          },
          { title: 'Subject', cell: ({ subject }) => <code>{subject}</code> },
          { title: 'Why it matters', cell: ({ why }) => why },
          { title: 'Fix', cell: ({ fix }) => <Fix text={fix} /> },
          ...(findings.some(({ owner }) => owner !== null)
            ? [
                { title: 'Owner', cell: ({ owner }: Finding) => owner ?? 'nobody yet' },
                { title: 'Due', isNumber: true, cell: ({ due }: Finding) => due ?? '' },
              ]
            : []),
        ]}
      />
    )}
    {findings.length > 0 && deviations.length > 0 && <h3>Deviations</h3>}
    {deviations.length > 0 && (
      <Table
        caption="What a smooth run does not show, in order of time (UTC)."
        rows={deviations}
        columns={[
          { title: 'Kind', cell: ({ kind }) => kind.replaceAll('-', ' ') },
          { title: 'What', cell: ({ what }) => what },
          { title: 'Where', cell: ({ about }) => <code>{about}</code> },
          { title: 'At', isNumber: true, cell: ({ atMs }) => timeOfDay(atMs) },
        ]}
      />
    )}
  </section>
);

/** The command in a text, if it ends with one, stands apart: a click selects all of it. */
function Fix({ text }: { text: string }) {
  const [, words = text, command] =
    /^(.*?)((?:aws|kubectl|psql|mysql|redis-cli|dr-drill|export) [a-z-]+ .+)$/s.exec(text) ?? [];
  return (
    <>
      {words}
      {command !== undefined && <code class="command">{command}</code>}
    </>
  );
}

/** What was undone, what stands, and what a person must type now. Nothing to show after a run that went to its end. */
export function Aftermath({ report }: { report: Report }) {
  const { aftermath, outcome } = report;
  const { held, undos, standing, unfinished } = aftermath;
  const wentToItsEnd = outcome === 'passed' || outcome === 'target-missed';
  if (wentToItsEnd && held.length === 0 && undos.length === 0) return null;
  return (
    <section aria-labelledby="aftermath">
      <h2 id="aftermath">Undone, and left to do</h2>
      {held.map(({ step, title, reason }) => (
        <p key={step}>
          <strong class="bad">Held</strong> behind “{title}” (<code>{step}</code>): {reason}
        </p>
      ))}
      {held.length + undos.length + standing.length + unfinished.length === 0 && (
        <p>Nothing had been changed, so there was nothing to undo.</p>
      )}
      {undos.length > 0 && (
        <Table
          caption="What was undone, in order."
          rows={undos}
          columns={[
            { title: 'Undo', cell: ({ title }) => title },
            {
              title: 'Result',
              cell: (undo) => <Went ok={isSettled(undo)}>{undo.outcome.replaceAll('-', ' ')}</Went>,
            },
            ...(undos.every(isSettled)
              ? []
              : [{ title: 'Detail', cell: (undo: Undo) => (isSettled(undo) ? '' : <ByHand {...undo} />) }]),
          ]}
        />
      )}
      {!wentToItsEnd && (
        <Commands title="Not finished: look at AWS first, then do by hand what is missing" steps={unfinished} />
      )}
      {!wentToItsEnd && <Commands title="Changes that were not undone, and what made them" steps={standing} />}
    </section>
  );
}

type Finding = Report['findings'][number];

type Undo = Report['aftermath']['undos'][number];

const isSettled = ({ outcome }: Undo): boolean => outcome === 'ok' || outcome === 'nothing-to-undo';

const ByHand = ({ error, command }: { error: string | null; command: string }) => (
  <>
    {error}
    <code class="command">{command}</code>
  </>
);

function Commands({ title, steps }: { title: string; steps: Report['aftermath']['standing'] }) {
  if (steps.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="plain">
        {steps.map((step) => (
          <li key={step.step}>
            {step.title} ({step.outcome})<code class="command">{step.command}</code>
          </li>
        ))}
      </ul>
    </>
  );
}
