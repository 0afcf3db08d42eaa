import type { Failure, FailureInjection, FailureKind } from '../../src/ports/failure.ts';
import type { Application } from './application.ts';
import type { DatabaseServer } from './servers/database.ts';

export interface Kill {
  kind: FailureKind;
  /** In epoch milliseconds. */
  atMs: number;
  healedMs: number | null;
}

interface OutageOptions {
  /** The world's own. */
  failure: FailureInjection;
  region: string;
  application: Application;
  writer: DatabaseServer;
}

/** Breaks the real parts and the simulated account at the same instant, and remembers when. */
export class Outage {
  readonly #options: OutageOptions;
  readonly kills: Kill[] = [];

  constructor(options: OutageOptions) {
    this.#options = options;
  }

  /** SIGKILL for the database, and with a region its public door. Anyone who is told twice to fail failed the first time. */
  async fail(kind: FailureKind): Promise<number> {
    const under = this.#underway(kind);
    if (under) return under.atMs;
    const { failure, application, writer } = this.#options;
    if (kind === 'region-outage') application.fail();
    const kill: Kill = { kind, atMs: Date.now(), healedMs: null };
    this.kills.push(kill);
    const [at] = await Promise.all([writer.kill(), failure.inject(this.#of(kind))]);
    kill.atMs = at.getTime();
    return kill.atMs;
  }

  /** The controller brings the parts back when the account has them back. */
  async heal(kind: FailureKind): Promise<void> {
    await this.#options.failure.heal(this.#of(kind));
    const under = this.#underway(kind);
    if (under) under.healedMs = Date.now();
  }

  active(kind: FailureKind): Promise<boolean> {
    return this.#options.failure.active(this.#of(kind));
  }

  #underway(kind: FailureKind): Kill | undefined {
    return this.kills.find((kill) => kill.kind === kind && kill.healedMs === null);
  }

  #of(kind: FailureKind): Failure {
    const { region, writer } = this.#options;
    return { kind, region, ...(kind === 'writer-loss' && { instance: writer.identifier }) };
  }
}
