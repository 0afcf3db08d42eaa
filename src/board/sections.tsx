import { withCommas } from '../with-commas.ts';
import type { Board, Budget, Tone } from './board.ts';
import type { FeedItem } from './feed.ts';
import type { ListedRun } from './runs.ts';
import { Countdown, Elapsed, length } from './time.tsx';

const toneClass = (tone: Tone): string => (tone === 'plain' ? '' : `is-${tone}`);

/** Links to all runs; the one that is shown is marked. */
export function RunList({
  runs,
  shown,
  earlier,
}: {
  runs: readonly ListedRun[];
  shown: string | undefined;
  earlier: number;
}) {
  return (
    <ul class="runs">
      {runs.map(({ name, title, caveat, standing }) => (
        <li key={name}>
          <a
            id={`run-${name}`}
            href={`/?run=${encodeURIComponent(name)}`}
            class={toneClass(standing.tone)}
            aria-current={name === shown ? 'page' : undefined}
          >
            <b title={title}>{title}</b>
            <span class="word">{standing.word}</span>
            <br />
            <span class="quiet">
              {madeAt(name)}
              {caveat && <>, {caveat}</>}
            </span>
          </a>
        </li>
      ))}
      {earlier > 0 && <li class="quiet">{earlier} earlier runs: dr-drill history</li>}
    </ul>
  );
}

/** When a run was made, as its folder's name has it. */
const madeAt = (name: string): string => {
  const [, day, hour, minute] = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-\d\d/.exec(name) ?? [];
  return day === undefined ? name : `${day} ${hour}:${minute} UTC`;
};

export function Headline({ board }: { board: Board }) {
  const { title, standing, caveat } = board;
  const [mark = '', ...rest] = caveat?.split(': ') ?? [];
  return (
    <>
      {caveat && (
        <p class="simulated">
          <strong>{mark}</strong> {rest.join(': ')}
        </p>
      )}
      <div class={`standing ${toneClass(standing.tone)}`}>
        <h1>{title}</h1>
        <p>
          <span class="word">{standing.word}</span> <span class="quiet">{standing.sentence}</span>
        </p>
      </div>
    </>
  );
}

export function Figures({ board }: { board: Board }) {
  return (
    <section aria-labelledby="figures">
      <h2 id="figures" class="sr">
        Figures
      </h2>
      <div class="figures">
        <BudgetFigure board={board} />
        <Served served={board.served} />
        <RowsLost board={board} />
      </div>
    </section>
  );
}

function BudgetFigure({ board: { budget, nowMs, isTicking } }: { board: Board }) {
  if (!budget)
    return (
      <div class="figure">
        <h3>Recovery time (RTO)</h3>
        <p class="value unknown">–</p>
        <p class="quiet">This drill measures no recovery time.</p>
      </div>
    );
  const { title, limitMs, spentMs, words, isOpen } = budget;
  const isOver = limitMs !== null && spentMs > limitMs;
  return (
    <div class="figure">
      <h3>{title}</h3>
      <p class={isOver ? 'value is-over' : 'value'}>
        {isOpen && limitMs !== null ? (
          <Countdown untilMs={nowMs - spentMs + limitMs} nowMs={nowMs} ticks={isTicking} />
        ) : isOpen ? (
          <Elapsed sinceMs={nowMs - spentMs} nowMs={nowMs} ticks={isTicking} />
        ) : (
          length(spentMs)
        )}
      </p>
      <p class="quiet">
        {limitMs === null ? 'No target' : `Target ${length(limitMs)}`}, {words}
      </p>
      <Meter budget={budget} sinceMs={isOpen && isTicking ? nowMs - spentMs : undefined} />
    </div>
  );
}

function Meter({ budget: { limitMs, spentMs, isOpen }, sinceMs }: { budget: Budget; sinceMs: number | undefined }) {
  if (limitMs === null || limitMs === 0) return null;
  const share = Math.min(100, (100 * spentMs) / limitMs);
  const tone = share >= 100 ? 'is-bad' : !isOpen ? 'is-good' : share > 75 ? 'is-warn' : 'is-running';
  return (
    <svg class={`meter ${tone}`} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="8" />
      <rect class="fill" width={share.toFixed(1)} height="8" data-grows-since={sinceMs} data-grows-for={limitMs} />
    </svg>
  );
}

function Served({ served }: Pick<Board, 'served'>) {
  const customers = served.reduce((sum, one) => sum + one.customers, 0);
  const now = served.reduce((sum, one) => sum + one.served, 0);
  if (customers === 0)
    return (
      <div class="figure">
        <h3>Customers served</h3>
        <p class="value unknown">–</p>
        <p class="quiet">No customer is watched yet.</p>
      </div>
    );
  return (
    <div class="figure">
      <h3>Customers served</h3>
      <p class={now < customers ? 'value is-over' : 'value'}>
        {now} <small>of {customers}</small>
      </p>
      {served.length === 1 ? (
        <p class="quiet">watched at {served[0]?.of}</p>
      ) : (
        <ul>
          {served.map(({ of, served: some, customers: all }) => (
            <li key={of}>
              {of}: {some} of {all}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function RowsLost({ board: { rows, recoveryPoint, isOver } }: { board: Board }) {
  const counted = rows.of.filter(({ lost }) => lost !== null);
  const acknowledged = rows.of.reduce((sum, one) => sum + one.acknowledged, 0);
  const lost = counted.reduce((sum, one) => sum + (one.lost ?? 0), 0);
  return (
    <div class="figure">
      <h3>{isOver ? rows.title : `${rows.title} so far`}</h3>
      <p class={counted.length === 0 ? 'value unknown' : 'value'}>{counted.length === 0 ? '–' : lost}</p>
      {acknowledged > 0 && (
        <p class="quiet">
          {counted.length === 0 ? 'not counted yet' : 'counted'}, {withCommas(acknowledged)} {rows.many} acknowledged
        </p>
      )}
      {rows.of.length > 1 && (
        <ul>
          {rows.of.map(({ of, lost: some, acknowledged: all }) => (
            <li key={of}>
              {of}: {some === null ? 'not counted yet' : `${some} of ${withCommas(all)}`}
            </li>
          ))}
        </ul>
      )}
      {recoveryPoint && (
        <p class="quiet">
          Recovery point {recoveryPoint.time.slice(0, 19).replace('T', ' ')} UTC, {recoveryPoint.id}
        </p>
      )}
    </div>
  );
}

export function Now({ board }: { board: Board }) {
  const { running, next, nowMs, startedMs, isTicking, standing } = board;
  return (
    <section aria-labelledby="now">
      <h2 id="now">Now and next</h2>
      <ul class="steps">
        {running.map((step) => (
          <li key={step.step}>
            <span class="name">
              {step.standing === 'undoing' && 'Undoing: '}
              {step.title}
            </span>
            <span class="quiet">
              <Elapsed sinceMs={startedMs + step.sinceMs} nowMs={nowMs} ticks={isTicking} />
            </span>
            {step.why && <span class="more warn">{step.why}</span>}
            {step.deadlineAt && <span class="more quiet">Deadline {step.deadlineAt.slice(11, 19)} UTC</span>}
          </li>
        ))}
        {next.map((step) => (
          <li key={step.step}>
            <span class="quiet">Next: {step.title}</span>
            <span class="quiet">{step.phase}</span>
            {step.isPointOfNoReturn && <span class="more bad">Point of no return</span>}
          </li>
        ))}
        {running.length + next.length === 0 && <li class="quiet">{standing.word}: no step runs.</li>}
      </ul>
    </section>
  );
}

export function Components({ board: { components } }: { board: Board }) {
  return (
    <section aria-labelledby="components">
      <h2 id="components">Components</h2>
      <ul class="components">
        {components.map(({ id, kind, tone, words, done, steps }) => (
          <li key={id} class={toneClass(tone)}>
            <h3>
              {id}
              {steps > 0 && (
                <span>
                  {done} of {steps}
                </span>
              )}
            </h3>
            <code class="quiet">{kind}</code>
            <p>
              <span class="word">{toneWords[tone]}</span>
              {words}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

const toneWords: Record<Tone, string> = { good: 'Done: ', bad: 'Trouble: ', warn: '', running: 'Now: ', plain: '' };

export const FeedLine = ({ item: { time, tone, text } }: { item: FeedItem }) => (
  <li class={`is-${tone}`}>
    <time>{time}</time>
    <span>{text}</span>
  </li>
);
