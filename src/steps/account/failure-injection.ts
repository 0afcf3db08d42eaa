import { blocker } from './findings.ts';
import type { LookFor } from './look.ts';

/** What brings the failure about: the commands of the drill file must be there, and executable. */
export const failureInjectionLook: LookFor<'failure-injection'> = {
  calls: () => [],
  permissions: () => [],
  subject: () => 'failure commands',
  async look(_need, { failure, readsOnly }) {
    const lacking = readsOnly ? [] : await failure.lacks();
    const why = 'The drill could not bring its failure about, or not end it.';
    return {
      rows: [],
      findings: lacking.map(({ what, fix }) => blocker('failure.commands', what, why, fix)),
    };
  },
};
