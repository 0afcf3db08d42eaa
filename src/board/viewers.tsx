import type { ServerResponse } from 'node:http';
import { renderToString } from 'preact-render-to-string';
import type { Clock } from '../clock/clock.ts';
import type { Board } from './board.ts';
import { FEED_WINDOW } from './run-state.ts';
import type { FollowedRun, Runs } from './runs.ts';
import { Components, FeedLine, Figures, Headline, Now, RunList } from './sections.tsx';
import { Waits } from './wait-panel.tsx';

const VIEWERS_MAX = 200;
/** A viewer that takes longer to read what was sent is dropped. A page that is still open connects again. */
const DRAINED_WITHIN_MS = 20_000;
const ALIVE_EVERY_MS = 10_000;

/** A board as the parts of its page; texts that are the same are sent once. */
export interface Rendered {
  board: Board | undefined;
  parts: Readonly<Record<string, string>>;
  picture: string;
  said: string;
}

interface Viewer {
  run: string;
  response: ServerResponse;
  sent: Map<string, string>;
  /** The last line of the journal whose words were sent; below 0 where nothing was. */
  seq: number;
  lit: string;
  blockedSinceMs: number | undefined;
  aliveMs: number;
}

/** Those who look at the board now. Each gets what changed since it was sent something last, however long it did not read. */
export class Viewers {
  private readonly all = new Set<Viewer>();
  private readonly rendered = new Map<string, { version: string; made: Rendered }>();
  private readonly runs: Runs;
  private readonly clock: Clock;
  private readonly mayDecide: (run: FollowedRun) => boolean;

  constructor(runs: Runs, options: { clock: Clock; mayDecide: (run: FollowedRun) => boolean }) {
    this.runs = runs;
    this.clock = options.clock;
    this.mayDecide = options.mayDecide;
  }

  /** @param seq the last line whose words a viewer has that was here before */
  add(run: string, response: ServerResponse, seq: number | undefined): boolean {
    if (this.all.size >= VIEWERS_MAX) return false;
    const viewer: Viewer = {
      run,
      response,
      sent: new Map(),
      seq: seq ?? -1,
      lit: '',
      blockedSinceMs: undefined,
      aliveMs: this.clock.nowMs(),
    };
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
    response.write('retry: 1000\n\n');
    response.on('drain', () => {
      viewer.blockedSinceMs = undefined;
    });
    response.on('close', () => this.all.delete(viewer));
    this.all.add(viewer);
    this.tellOne(viewer);
    return true;
  }

  /** Sends everyone what is new to them. */
  tell(): void {
    for (const viewer of this.all) this.tellOne(viewer);
    const shown = new Set([...this.all].map(({ run }) => run));
    for (const run of this.rendered.keys()) if (!shown.has(run)) this.rendered.delete(run);
  }

  /** The parts of a run's page, made once for all who look at it. */
  render(name: string): Rendered {
    const run = this.runs.get(name);
    const list = this.runs.list();
    const version = `${run?.version(this.clock.wallMs())} ${list.map((one) => `${one.name} ${one.standing.word}`).join()}`;
    const before = this.rendered.get(name);
    if (before?.version === version) return before.made;
    const shown = run?.shown(() => this.sectionsOf(run));
    const standing = this.runs.list().find((one) => one.name === name)?.standing;
    const made: Rendered = {
      board: shown?.board,
      parts: {
        runs: renderToString(<RunList runs={this.runs.list()} shown={name} earlier={this.runs.earlier} />),
        ...(shown?.parts ?? {
          headline: renderToString(<NoBoard why={standing?.sentence ?? 'There is no run here yet.'} />),
        }),
      },
      picture: run?.state.header ? `${run.state.header.drillHash} ${run.state.drill?.title}` : '',
      said: shown ? spoken(shown.board) : '',
    };
    this.rendered.set(name, { version, made });
    return made;
  }

  private sectionsOf(run: FollowedRun): { board: Board; parts: Record<string, string> } | undefined {
    const board = run.board(this.clock.wallMs());
    return (
      board && {
        board,
        parts: {
          headline: renderToString(<Headline board={board} />),
          figures: renderToString(<Figures board={board} />),
          waits: renderToString(<Waits board={board} mayDecide={this.mayDecide(run)} />),
          now: renderToString(<Now board={board} />),
          components: renderToString(<Components board={board} />),
        },
      }
    );
  }

  private tellOne(viewer: Viewer): void {
    const nowMs = this.clock.nowMs();
    if (viewer.blockedSinceMs !== undefined) {
      if (nowMs - viewer.blockedSinceMs > DRAINED_WITHIN_MS) viewer.response.destroy();
      return;
    }
    const made = this.render(viewer.run);
    const parts = Object.fromEntries(
      Object.entries(made.parts).filter(([name, html]) => viewer.sent.get(name) !== html),
    );
    const seq = made.board?.seq ?? -1;
    if (Object.keys(parts).length === 0 && seq === viewer.seq) {
      if (nowMs - viewer.aliveMs < ALIVE_EVERY_MS) return;
      viewer.aliveMs = nowMs;
      this.send(viewer, 'event: alive\ndata:\n\n');
      return;
    }
    const { board, picture, said } = made;
    const lit = JSON.stringify(board?.lit);
    const digest = {
      nowMs: board?.nowMs ?? 0,
      parts,
      ...(board && { feed: feedFor(viewer, board) }),
      ...(board && lit !== viewer.lit && { lit: board.lit }),
      picture,
      said,
    };
    for (const [name, html] of Object.entries(parts)) viewer.sent.set(name, html);
    Object.assign(viewer, { seq, lit: lit ?? '', aliveMs: nowMs });
    this.send(viewer, `event: board\nid: ${seq}\ndata: ${JSON.stringify(digest)}\n\n`);
  }

  private send(viewer: Viewer, text: string): void {
    if (!viewer.response.write(text)) viewer.blockedSinceMs = this.clock.nowMs();
  }
}

/** The lines that a viewer does not have; all that are kept where it has none, too few, or those of another journal. */
function feedFor({ seq }: Viewer, board: Board): { reset: boolean; items: string } {
  const oldest = board.feed.length < FEED_WINDOW ? 0 : (board.feed[0]?.seq ?? 0);
  const reset = seq < oldest || seq > board.seq;
  return { reset, items: feedHtml(reset ? board.feed : board.feed.filter((item) => item.seq > seq)) };
}

/** The newest line first. */
export const feedHtml = (feed: Board['feed']): string =>
  [...feed]
    .reverse()
    .map((item) => renderToString(<FeedLine item={item} />))
    .join('');

/** What a screen reader says when it changes. */
const spoken = ({ standing, waits }: Board): string =>
  [standing.word, ...waits.map(({ whom, what }) => `Waits for ${whom}: ${what}`)].join('. ');

const NoBoard = ({ why }: { why: string }) => (
  <div class="standing">
    <h1>No run to show</h1>
    <p>{why}</p>
  </div>
);
