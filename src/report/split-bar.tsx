import { inWords } from '../duration.ts';
import { isKnown, type Part } from '../measure/figure.ts';
import { percent, value } from './figure-words.ts';
import type { Report } from './report-schema.ts';
import { waitedFor } from './waited-for.ts';

/** Where the recovery time went: by the steps that it waited for, and by the parts of a recovery. */
export function SplitBar({ report }: { report: Pick<Report, 'recovery' | 'timeline'> }) {
  const { parts, afterwards, person } = report.recovery;
  if (parts.length + afterwards.length === 0) return null;
  const waited = waitedFor(report);
  return (
    <section aria-labelledby="split">
      <h2 id="split">Where the time went</h2>
      {waited.length > 0 && (
        <>
          <div class="split" aria-hidden="true">
            {waited.map(({ step, share }, index) => (
              <i key={step} class={toneOf(index)} style={`flex:${share.toFixed(4)}`} />
            ))}
          </div>
          <p class="quiet">
            The steps that the recovery waited for, in order. A step beside them can take longer without making it
            longer.
          </p>
          <ol class="waited">
            {waited.map(({ step, title, ms, share }, index) => (
              <li key={step}>
                <i class={toneOf(index)} aria-hidden="true" />
                <span>{title}</span>
                <b>{inWords(ms)}</b>
                <span class="quiet">{percent(share)}</span>
              </li>
            ))}
          </ol>
        </>
      )}
      <ul class="parts">
        {parts.map((part) => (
          <PartOfRecovery key={part.part} part={part} title={part.title} />
        ))}
        {afterwards.map((part) => (
          <PartOfRecovery key={part.part} part={part} title={`${part.title}, afterwards`} />
        ))}
      </ul>
      {isKnown(person) && person.ms > 0 && <p class="quiet">A person took {value(person)} of this to decide.</p>}
    </section>
  );
}

const TONES = 4;
const toneOf = (index: number): string => `tone-${index % TONES}`;

const PartOfRecovery = ({ part: { figure }, title }: { part: Part; title: string }) => (
  <li>
    {title} {isKnown(figure) ? <b>{value(figure)}</b> : <span class="quiet">unknown: {figure.unknown}</span>}
  </li>
);
