import { isKnown, type Part } from '../measure/figure.ts';
import { percent, value } from './figure-words.ts';
import type { Report } from './report-schema.ts';

/** Where the recovery time went, drawn to length. */
export function SplitBar({ recovery }: { recovery: Report['recovery'] }) {
  const { parts, afterwards, total, person } = recovery;
  if (parts.length + afterwards.length === 0) return null;
  const knownMs = parts.reduce((sum, { figure }) => sum + (isKnown(figure) ? figure.ms : 0), 0);
  const share = ({ figure }: Part) => (isKnown(figure) && knownMs > 0 ? figure.ms / knownMs : 0);
  return (
    <section aria-labelledby="split">
      <h2 id="split">Where the time went</h2>
      {isKnown(total) && knownMs > 0 && (
        <div class="split" aria-hidden="true">
          {parts.map((part, index) =>
            share(part) > 0 ? (
              <i key={part.part} class={`tone-${index}`} style={`flex:${share(part).toFixed(4)}`} />
            ) : null,
          )}
        </div>
      )}
      <ul class="legend">
        {parts.map((part, index) => (
          <li key={part.part}>
            <span class={`swatch tone-${index}`} aria-hidden="true" />
            <b>{part.title}</b>
            <Length part={part} {...(isKnown(total) ? { share: share(part) } : {})} />
          </li>
        ))}
        {afterwards.map((part) => (
          <li key={part.part}>
            <span class="swatch tone-after" aria-hidden="true" />
            <b>{part.title}, afterwards</b>
            <Length part={part} />
          </li>
        ))}
      </ul>
      {isKnown(person) && person.ms > 0 && <p class="quiet">A person took {value(person)} of this to decide.</p>}
    </section>
  );
}

const Length = ({ part, share }: { part: Part; share?: number }) =>
  isKnown(part.figure) ? (
    <span>
      {value(part.figure)}
      {share === undefined ? '' : `, ${percent(share)}`}
    </span>
  ) : (
    <span class="quiet">unknown: {part.figure.unknown}</span>
  );
