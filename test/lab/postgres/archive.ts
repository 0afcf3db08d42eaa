import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { own } from '../servers/lab-folder.ts';

/** Everything that was committed before `atMs` is in this segment or an earlier one; something committed after it, too. */
interface Mark {
  atMs: number;
  segment: string;
}

/** A server, as far as archiving has to know it. */
interface Archived {
  identifier: string;
  running: boolean;
  query(text: string): Promise<Record<string, unknown>[]>;
}

/** The log of one server, copied away segment by segment, so that any moment of the past can be restored. */
export class Archive {
  readonly folder: string;
  readonly #marks: Mark[] = [];
  readonly #stopping = new AbortController();

  constructor(serverFolder: string) {
    this.folder = join(serverFolder, 'archive');
    if (existsSync(this.folder)) return;
    mkdirSync(this.folder);
    own(this.folder);
  }

  /** A segment appears under its name only when it is complete; most of one that was cut short is zeros. */
  get command(): string {
    const part = `${this.folder}/%f.part`;
    return `(cp --sparse=always "%p" "${part}" 2>/dev/null || cp "%p" "${part}") && mv "${part}" "${this.folder}/%f"`;
  }

  /** Closes a segment every so often while the server takes writes, as RDS does every five minutes. */
  async follow(server: Archived, everyMs: number): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // A server that is down or a standby archives nothing; the next look may find it otherwise.
      if (server.running) await this.#closeSegment(server).catch(() => undefined);
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  unfollow(): void {
    this.#stopping.abort();
  }

  /** Archives what was committed until now, and waits for it. */
  async archiveNow(server: Archived): Promise<void> {
    const mark = await this.#closeSegment(server);
    for (const late = AbortSignal.timeout(20_000); !this.#holds(mark); await sleep(5)) {
      if (late.aborted) throw new Error(`${server.identifier} does not archive its log`);
    }
  }

  /** The latest moment that a restore can reach with what has been archived. */
  get latest(): Date | undefined {
    const mark = this.#marks.findLast((each) => this.#holds(each));
    return mark && new Date(mark.atMs);
  }

  #holds = ({ segment }: Mark): boolean => existsSync(join(this.folder, segment));

  async #closeSegment(server: Archived): Promise<Mark> {
    const [now] = await server.query('select extract(epoch from clock_timestamp()) * 1000 as ms');
    // Recovery to a time ends at the first commit after that time: an idle server needs one, too.
    await server.query('select pg_current_xact_id()');
    const [switched] = await server.query('select pg_walfile_name(pg_switch_wal()) as segment');
    const mark = { atMs: Math.floor(Number(now?.ms)), segment: String(switched?.segment) };
    this.#marks.push(mark);
    return mark;
  }
}
