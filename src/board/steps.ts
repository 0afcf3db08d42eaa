import type { Entry } from '../journal/events.ts';

/** How a step stands that was begun. Times are milliseconds of the run. */
export interface StepNow {
  step: string;
  title: string;
  standing: 'running' | 'done' | 'failed' | 'stopped' | 'undoing' | 'undone';
  sinceMs: number;
  /** ISO instant. */
  deadlineAt?: string;
  /** Why it failed, or what it meets while it runs. */
  why?: string;
  /** What a person would type instead. */
  command?: string;
}

/** Every step that was begun, as it stands. */
export class Steps {
  private readonly all = new Map<string, StepNow>();

  take(entry: Entry): void {
    const name = 'step' in entry ? entry.step : undefined;
    if (name === undefined) return;
    const step = this.all.get(name);
    switch (entry.type) {
      case 'step-started': {
        const { title, ms, deadlineAt, command } = entry;
        this.all.delete(name);
        this.all.set(name, { step: name, title, standing: 'running', sinceMs: ms, deadlineAt, command });
        return;
      }
      case 'undo-started':
        this.all.set(name, { step: name, title: entry.title, standing: 'undoing', sinceMs: entry.ms });
        return;
    }
    if (!step) return;
    switch (entry.type) {
      case 'step-resumed':
        step.deadlineAt = entry.deadlineAt;
        break;
      case 'step-ended':
        step.standing = entry.outcome === 'ok' ? 'done' : entry.outcome === 'aborted' ? 'stopped' : 'failed';
        step.sinceMs = entry.ms;
        tell(step, entry.outcome === 'deadline' ? 'its deadline passed' : (entry.notDone ?? entry.error?.message));
        break;
      case 'undo-ended':
        step.standing = entry.outcome === 'failed' ? 'failed' : 'undone';
        step.sinceMs = entry.ms;
        tell(step, entry.error?.message);
        break;
      case 'look-failing':
        tell(step, `${entry.what}: failed ${entry.times} times (${entry.reason})`);
        break;
      case 'not-ready':
        tell(step, `${entry.subject} is not ready: ${entry.reasons.join('; ')}`);
        break;
      case 'call':
        if (entry.outcome === 'ok' && step.standing === 'running') tell(step, undefined);
    }
  }

  get(name: string): StepNow | undefined {
    return this.all.get(name);
  }

  now(): StepNow[] {
    return [...this.all.values()];
  }
}

const WHY_MAX = 500;

function tell(step: StepNow, why: string | undefined): void {
  if (why === undefined) delete step.why;
  else step.why = why.slice(0, WHY_MAX);
}
