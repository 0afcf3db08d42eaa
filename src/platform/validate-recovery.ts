import * as z from 'zod';
import { needSchema } from '../components/schemas.ts';
import { judgeFindings } from '../steps/account/findings.ts';
import { together } from '../steps/account/look.ts';
import type { Need } from '../steps/needs.ts';
import { defineStep } from '../steps/step.ts';
import { callsFor, lookAt, permissionsFor } from './looks.ts';

const params = z.object({ account: z.string(), region: z.string(), needs: z.array(needSchema) });

/** Makes sure that the recovery region can take over before anything is changed there: what waits there is looked at again. */
export const validateRecovery = defineStep<z.output<typeof params>, { findings: number }>({
  kind: 'account.validate-recovery',
  params,
  needs: ({ needs }) => needs,
  plane: 'control',
  title: ({ region }) => `Validate ${region} before it takes over`,
  region: ({ region }) => region,
  calls: ({ needs }) => [...new Set(needs.flatMap(callsFor))],
  permissions: ({ needs }, account) => needs.flatMap((need) => permissionsFor(need, account)),
  risk: (_, { region, recovery }) =>
    region === recovery
      ? {
          severity: 'note',
          why: 'It only reads, but comes before the failover: where those reads fail, there is none.',
          mend: 'Know how to go on by hand from here: the commands below do not need it.',
        }
      : undefined,
  command: ({ region, needs }) =>
    [...new Set(needs.flatMap(callsFor))].flatMap((call) => listing(call, region)).join(' && ') ||
    '# nothing to look at',
  doneWhen: () => 'Everything in the list is there, and its state is available or active.',
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ account, needs }, context) {
    const looks = [];
    // One after another: nothing is left under way when one of them fails.
    for (const need of needs as Need[]) looks.push(await lookAt(need, { ...context, account, readsOnly: true }));
    return judgeFindings(together(looks).findings, context);
  },
});

/** An operation that lists all of a kind, as the AWS CLI has it: it has to be told nothing but the region. */
function listing(call: string, region: string): string[] {
  const [service = '', operation = ''] = call.split(':');
  if (!/^(Describe|List)\w+s(V2)?$/.test(operation)) return [];
  const words = operation.replace(/([a-z\d])([A-Z])/g, '$1-$2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2');
  return [`aws ${service} ${words.toLowerCase()} --region ${region}`];
}
