import { DrillError } from '../errors.ts';
import type { EventOf } from './events.ts';

type Header = Pick<EventOf<'run-started'>, 'tool' | 'topology'>;

/** Whether a journal is older than topologies with components: its chain and seal can be checked, but nothing can be measured. */
const hasFormerTopology = ({ topology }: Header): boolean =>
  !('data' in topology && 'compute' in topology && 'traffic' in topology);

/** Fails with `journal-former` where a journal's topology has the form of before. */
export function mustHaveComponents(header: Header): void {
  if (!hasFormerTopology(header)) return;
  throw new DrillError(
    'journal-former',
    `This journal was written by ${header.tool}, before topologies were made of named components.`,
    {
      hint: 'That version makes its reports, and resumes the run. `dr-drill verify` checks its chain and its seal with any version.',
    },
  );
}
