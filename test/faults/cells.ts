import { isChange } from '../../src/aws/changes.ts';
import { type Fault, faults } from './fault.ts';
import type { LiveRun } from './live-run.ts';

/** One place of a drill at which one operation is called, and the fault that it meets there. */
export interface Cell {
  step: string;
  service: string;
  operation: string;
  /** The first call there, among all of the operation. */
  nth: number;
  change: boolean;
  fault: Fault;
  times: number;
}

/** So many looks in a row fail: more than any fixed number of retries used to bear. */
const LOOKS_IN_A_ROW = 7;

/** Every operation of a drill at each place where it is called: in each step, before that step's change and after it. */
export function cellsOf(run: LiveRun): Cell[] {
  const counts = new Map<string, number>();
  const places = new Set<string>();
  const changed = new Set<string>();
  return run.of('call').flatMap(({ step = '', service, operation }) => {
    const nth = (counts.get(`${service}:${operation}`) ?? 0) + 1;
    counts.set(`${service}:${operation}`, nth);
    const change = isChange(`${service}:${operation}`);
    const place = `${step} ${service}:${operation} ${!change && changed.has(step)}`;
    if (change) changed.add(step);
    if (places.has(place)) return [];
    places.add(place);
    return faults
      .filter(({ forChanges }) => change || !forChanges)
      .map((fault) => ({
        step,
        service,
        operation,
        nth,
        change,
        fault,
        times: change || fault.once ? 1 : LOOKS_IN_A_ROW,
      }));
  });
}
