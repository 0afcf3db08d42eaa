import type { Board } from './board.ts';
import { Countdown } from './time.tsx';
import type { Wait } from './waits.ts';

/** What the run waits for, with what can be done: commands to paste, and buttons where this page may decide. */
export function Waits({ board, mayDecide }: { board: Board; mayDecide: boolean }) {
  if (board.waits.length === 0) return null;
  return (
    <section aria-labelledby="waits">
      <h2 id="waits">Waits for</h2>
      {board.waits.map((wait) => (
        <WaitFor key={wait.id} wait={wait} board={board} mayDecide={mayDecide} />
      ))}
    </section>
  );
}

function WaitFor({ wait, board, mayDecide }: { wait: Wait; board: Board; mayDecide: boolean }) {
  const { id, whom, what, details, until, decisions } = wait;
  const why = `why-${id}`;
  const isHere = mayDecide && decisions.length > 0;
  return (
    <div class="wait" data-wait={id}>
      <h3>{whom}</h3>
      <p>{what}</p>
      {until && (
        <p class="quiet">
          Until {until.slice(11, 19)} UTC,{' '}
          <Countdown untilMs={Date.parse(until)} nowMs={board.nowMs} ticks={board.isTicking} />
        </p>
      )}
      {details.length > 0 && (
        <ul>
          {details.map((detail) => (
            <li key={detail}>{detail}</li>
          ))}
        </ul>
      )}
      {isHere && (
        <>
          <label for={why}>Why, for the record</label>
          <input id={why} data-why type="text" maxLength={500} autocomplete="off" />
          <p role="status" data-said />
        </>
      )}
      <ul class="choices">
        {decisions.map(({ words, command, post, needsWhy }, index) => (
          <li key={command}>
            {isHere ? (
              <button
                type="button"
                id={`decide-${id}-${index}`}
                data-post={JSON.stringify(post)}
                data-needs-why={needsWhy ? 'yes' : undefined}
              >
                {words}
              </button>
            ) : (
              words
            )}
            <code class="command">{command}</code>
          </li>
        ))}
      </ul>
      {decisions.length > 0 && !isHere && <p class="quiet">Paste a command where your AWS identity or your key is.</p>}
    </div>
  );
}
