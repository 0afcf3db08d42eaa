import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { type Board, boardOf, isSilent, type Standing, standingOf } from './board.ts';
import { type Course, courseOf, drawn, NO_COURSE } from './course.ts';
import { Follower } from './follow.ts';
import { RunState, type Tell } from './run-state.ts';

/** As many runs are followed, the newest ones. */
export const RUNS_MAX = 40;

/** A run in the list of all. */
export interface ListedRun {
  name: string;
  title: string;
  /** In a word, where it is not AWS. */
  caveat: string | null;
  standing: Standing;
}

/** The runs of a folder, as their journals tell them. Nothing is read but journals, and no line of those twice. */
export class Runs {
  private readonly folder: string;
  private readonly tell: () => Tell;
  private readonly clock: Clock;
  private all = new Map<string, FollowedRun>();
  /** Runs that are there but not followed. */
  earlier = 0;

  /** @param tell makes what puts the events of one run into words */
  constructor(folder: string, options: { tell: () => Tell; clock: Clock }) {
    this.folder = folder;
    this.tell = options.tell;
    this.clock = options.clock;
  }

  /** Reads what was written since the look before. A long journal is read in parts, and others have their turn between them. */
  async look(): Promise<void> {
    const names = this.names();
    this.all = new Map(
      names.map((name) => [name, this.all.get(name) ?? new FollowedRun(this.folder, name, this.tell)]),
    );
    for (const run of this.all.values()) while (run.look(this.clock.wallMs())) await this.clock.sleep(0);
  }

  get(name: string): FollowedRun | undefined {
    return this.all.get(name);
  }

  list(): ListedRun[] {
    return [...this.all.values()].map((run) => run.listed());
  }

  /** The run that someone most likely wants to see: the newest that continues, or else the newest. */
  foremost(): string | undefined {
    const runs = [...this.all.values()];
    return (runs.find(({ state, damage }) => !state.outcome && state.last && damage === undefined) ?? runs[0])?.name;
  }

  /** The newest first: the name of a run's folder begins with when it was made. */
  private names(): string[] {
    const folders = foldersIn(this.folder);
    const names = folders
      .filter((name) => existsSync(join(this.folder, name, JOURNAL)))
      .sort()
      .reverse();
    this.earlier = Math.max(0, names.length - RUNS_MAX);
    return names.slice(0, RUNS_MAX);
  }
}

const JOURNAL = 'journal.jsonl';

/** None where there is no such folder yet, or it cannot be read now. */
function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));
  } catch {
    return [];
  }
}

/** One run, followed for as long as it is among the newest. */
export class FollowedRun {
  readonly name: string;
  /** The folder, as commands want it. */
  readonly path: string;
  state = new RunState();
  /** Why the journal can be read no further. */
  damage: string | undefined;
  private readonly makeTell: () => Tell;
  private tell: Tell;
  private readonly follower: Follower;
  /** How far the wall clock is ahead of the run's time, from when its last line was written. */
  private aheadMs = 0;
  private course: { of: object; made: Course; svg?: string } | undefined;

  constructor(folder: string, name: string, tell: () => Tell) {
    this.name = name;
    this.path = join(folder, name);
    this.makeTell = tell;
    this.tell = tell();
    this.follower = new Follower(join(this.path, JOURNAL));
  }

  /** Gives whether there is more to read at once. */
  look(wallMs: number): boolean {
    try {
      const { entries, more, isOther, writtenMs } = this.follower.look();
      if (isOther) {
        this.state = new RunState();
        this.tell = this.makeTell();
        this.damage = undefined;
      } else if (this.damage !== undefined) return false;
      for (const entry of entries) this.state.take(entry, this.tell);
      const { last } = this.state;
      if (entries.length > 0 && last) this.aheadMs = Math.min(writtenMs, wallMs) - Date.parse(last.at);
      return more;
    } catch (error) {
      this.stopAt(error);
      return false;
    }
  }

  /** A journal from elsewhere may say anything: what cannot be shown of it ends the showing of this run, and of no other. */
  private stopAt(error: unknown): void {
    this.damage ??= error instanceof Error ? error.message : String(error);
  }

  /** Makes something of what the journal says; nothing where no sense can be made of it. */
  shown<T>(show: () => T): T | undefined {
    try {
      return this.damage === undefined ? show() : undefined;
    } catch (error) {
      this.stopAt(error);
      return undefined;
    }
  }

  listed(): ListedRun {
    const { name, state } = this;
    const title = state.drill?.title ?? name;
    const { mode, elsewhere } = state.header ?? {};
    const caveat = mode === 'dry-run' ? 'simulated' : elsewhere === undefined ? null : 'not AWS';
    const standing = this.shown(() => standingOf(state));
    if (standing) return { name, title, caveat, standing };
    const sentence = `The journal cannot be read: ${this.damage}.`;
    return { name, title, caveat, standing: { tone: 'bad', word: 'Unreadable', sentence } };
  }

  /** Says what changed: two boards of one version are the same, but for the time. */
  version(wallMs: number): string {
    const { state, damage = '' } = this;
    return `${state.last?.seq ?? 0}/${isSilent(state, this.nowMs(wallMs))}/${damage}`;
  }

  /** The machine's picture as SVG, drawn when it is first asked for. */
  picture(): string | undefined {
    const { picture } = this.courseNow();
    if (!picture || !this.course) return undefined;
    this.course.svg ??= drawn(picture);
    return this.course.svg;
  }

  private courseNow(): Course {
    const { header } = this.state;
    if (!header) return NO_COURSE;
    // A surprise has another course once it is revealed.
    if (this.course?.of !== header) this.course = { of: header, made: courseOf(header.drill, header.topology) };
    return this.course.made;
  }

  board(wallMs: number): Board | undefined {
    return boardOf(this.path, this.state, this.courseNow(), this.nowMs(wallMs));
  }

  /** The run's time. That of a dry run stands still between two lines: it is not this machine's. */
  private nowMs(wallMs: number): number {
    const { last, header, outcome } = this.state;
    const lastMs = Date.parse(last?.at ?? '');
    return header?.mode === 'live' && !outcome ? Math.max(lastMs, wallMs - this.aheadMs) : lastMs;
  }
}
