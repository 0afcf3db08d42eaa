import * as z from 'zod';
import { isKind, kindOf } from '../components/index.ts';
import { needSchema } from '../components/schemas.ts';
import { inWords } from '../duration.ts';
import { type Finding, judgeFindings, warning } from '../steps/account/findings.ts';
import { together } from '../steps/account/look.ts';
import { acceptLag } from '../steps/data/accept-lag.ts';
import { logSays } from '../steps/data/log-position.ts';
import { impairedSinceMs } from '../steps/failure/impaired.ts';
import type { Need } from '../steps/needs.ts';
import { deciders } from '../steps/people/asking.ts';
import { defineStep, type StepContext } from '../steps/step.ts';
import { callsFor, lookAt, permissionsFor } from './looks.ts';

const follower = z.object({ kind: z.string(), instance: z.string() });

const params = z.object({
  account: z.string(),
  region: z.string(),
  needs: z.array(needSchema),
  /** Replicas and clusters that are to take over, and how far they may have lain behind without people being asked. */
  followers: z.array(follower),
  lagMaxMs: z.number(),
  deciders,
});
type Params = z.output<typeof params>;

/** Makes sure that the recovery region can take over before anything is changed there: what waits there is looked at again. */
export const validateRecovery = defineStep<Params, { findings: number }>({
  kind: 'account.validate-recovery',
  params,
  needs: ({ needs }) => needs,
  plane: 'control',
  title: ({ region }) => `Validate ${region} before it takes over`,
  region: ({ region }) => region,
  calls: ({ needs, followers }) => [
    ...new Set([...needs.flatMap(callsFor), ...(followers.length > 0 ? ['cloudwatch:GetMetricData'] : [])]),
  ],
  permissions: ({ needs, followers }, account) => [
    ...needs.flatMap((need) => permissionsFor(need, account)),
    ...(followers.length > 0 ? [{ action: 'cloudwatch:GetMetricData', resource: '*' }] : []),
  ],
  risk: (_, { region, recovery }) =>
    region === recovery
      ? {
          severity: 'note',
          why: 'It only reads, but runs before the failover: if the reads fail, there is no failover.',
          fix: 'Know how to continue by hand: the commands below do not need it.',
        }
      : undefined,
  command: ({ region, needs }) =>
    [...new Set(needs.flatMap(callsFor))].flatMap((call) => listing(call, region)).join(' && ') ||
    '# nothing to look at',
  doneWhen: () => 'Everything in the list is there, and its state is available or active.',
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ account, needs, ...wanted }, context) {
    const looks = [];
    // One after another: nothing is left under way when one of them fails.
    for (const need of needs as Need[]) looks.push(await lookAt(need, { ...context, account, readsOnly: true }));
    const judged = judgeFindings(together(looks).findings, context);
    let late = 0;
    for (const one of wanted.followers) if (await wasLate(one, wanted, context)) late += 1;
    return { findings: judged.findings + late };
  },
});

/** Under this a replica is as close as usual; a failover loses what it lacks. */
const USUAL_LAG_MS = 5_000;

/** Looks how far a replica lay behind when the failure began; people decide where that is more than the drill allows. */
async function wasLate(
  { kind, instance }: z.output<typeof follower>,
  { region, lagMaxMs: mostMs, deciders: asked }: Omit<Params, 'account' | 'needs'>,
  context: StepContext,
): Promise<boolean> {
  const failedMs = impairedSinceMs(context) ?? context.clock.nowMs();
  const lag = isKind(kind) ? kindOf(kind).lag : undefined;
  const lagMs = (await lag?.({ region, instance }, context, { asOfMs: failedMs }).catch(passing(context))) ?? null;
  context.record({ type: 'lag', instance, lagMs, source: 'metric' });
  // The metric climbs while nothing is written, too, and nobody can ask a lost source.
  if (lagMs === null || lagMs <= USUAL_LAG_MS || logSays({ instance, mostMs, atMs: failedMs }, context)) return false;
  context.record({ type: 'finding', ...lateFinding(instance, lagMs) });
  if (lagMs > mostMs) await acceptLag({ instance, lagMs, mostMs, deciders: asked }, context);
  return true;
}

/** A figure that nobody gives holds up no failover. */
const passing =
  ({ signal }: StepContext) =>
  (): null => {
    signal.throwIfAborted();
    return null;
  };

const lateFinding = (instance: string, lagMs: number): Finding =>
  warning(
    instance,
    `${instance} lay ${inWords(lagMs)} behind when the failure began`,
    'Under 5 s is usual, under load up to 30 s. A failover loses what was written in that time.',
    'See what held it up: load, long transactions, the class of the replica. A larger replica follows more closely.',
  );

/** An operation that lists all of a kind, as the AWS CLI has it: it has to be told nothing but the region. */
function listing(call: string, region: string): string[] {
  const [service = '', operation = ''] = call.split(':');
  if (!/^(Describe|List)\w+s(V2)?$/.test(operation)) return [];
  const words = operation.replace(/([a-z\d])([A-Z])/g, '$1-$2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2');
  return [`aws ${service} ${words.toLowerCase()} --region ${region}`];
}
