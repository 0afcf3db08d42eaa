import type { DBInstance } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { isoTime } from '../../../clock/clock.ts';
import { TopologyLacks } from '../../../drill/components.ts';
import { inWords } from '../../../duration.ts';
import { DrillError } from '../../../errors.ts';
import type { Json } from '../../../journal/events.ts';
import { impairedSinceMs, recordImpaired, recordImpairedIfNobodyDid } from '../../../steps/failure/impaired.ts';
import { component, databaseGiven, databaseOf, given } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { INSTANCE_LOOK, instanceOf, instancePermissions, mustNotBeLost } from '../../rds/instance.ts';
import { type ZoneBefore, zoneByHand } from '../../rds/zone.ts';
import { failoverEvents } from './zone-events.ts';

const params = z.object({ region: z.string(), instance: z.string() });
type Params = z.output<typeof params>;

/** Has the standby in another zone take over. It serves as well from there: nothing is taken back. */
export const failOverZone = defineStep<Params, ZoneBefore>({
  kind: 'rds.fail-over-zone',
  params,
  given: given(z.strictObject(databaseGiven), (asked, around) => {
    const { region, instance } = databaseOf(asked, around);
    const { id, writer, replica } = component('rds-replica', around);
    const described = [writer, replica].find(({ identifier }) => identifier === instance);
    if (described?.multiAz === false) throw new TopologyLacks(`standby of ${id} in another zone (multiAz: true)`);
    return { region, instance };
  }),
  needs: ({ region, instance }) => [{ need: 'rds-instance', region, instance, state: 'serving', multiAz: true }],
  plane: 'control',
  title: ({ instance }) => `Fail ${instance} over to its standby in another zone`,
  region: ({ region }) => region,
  calls: [INSTANCE_LOOK, 'rds:DescribeEvents', 'rds:RebootDBInstance'],
  permissions: ({ region, instance }, account) => [
    ...instancePermissions(region, account, instance, 'rds:RebootDBInstance'),
    { action: 'rds:DescribeEvents', resource: '*' },
  ],
  command: ({ region, instance }) =>
    `aws rds reboot-db-instance --region ${region} --db-instance-identifier ${instance} --force-failover`,
  doneWhen: ({ instance }) => `${instance} is available in another zone.`,
  usuallyMs: () => 1_000,

  async observe({ region, instance }, context) {
    const found = await instanceOf(context, region, instance);
    if (!found.MultiAZ) {
      throw new DrillError('not-multi-az', `${instance} has no standby in another zone.`, {
        hint: `Make it Multi-AZ first: aws rds modify-db-instance --region ${region} --db-instance-identifier ${instance} --multi-az --apply-immediately`,
      });
    }
    const asked = askedAtMs(context);
    const sinceMs = asked ?? context.clock.nowMs() - QUIET_MS;
    const events = await failoverEvents({ region, instance, sinceMs }, context);
    if (asked === undefined && events.length > 0) throw tooSoon(instance);
    const zone = found.AvailabilityZone ?? '';
    // A second failover would move it back and cause a second outage, so any sign of the first one counts.
    const moved = asked !== undefined && (events.length > 0 || zone !== zoneSeen(context));
    const isRebooting = found.DBInstanceStatus === 'rebooting';
    return { done: moved && !isRebooting, underway: isRebooting, state: await standing(found, context) };
  },

  async apply({ region, instance }, context) {
    const sinceMs = context.clock.nowMs();
    const input = { DBInstanceIdentifier: instance, ForceFailover: true };
    await context.aws.call('rds', region, 'RebootDBInstance', input);
    recordImpaired(impairmentOf({ region, instance }), context, isoTime(sinceMs));
    return undefined;
  },

  async settle(target, context, { state }) {
    recordImpairedIfNobodyDid(impairmentOf(target), context);
    const { name, addresses, zone } = state as ReturnType<typeof asStanding>;
    return { name, addresses, zone, sinceMs: impairedSinceMs(context) ?? context.clock.nowMs() };
  },

  /** Half-way it cannot be stopped: it is over when the instance serves from either zone. */
  async undo({ region, instance }, context) {
    await until(context, async () => {
      const found = await instanceOf(context, region, instance);
      mustNotBeLost(found);
      return found.DBInstanceStatus === 'available' || undefined;
    });
  },
  byHand: {
    finds: ({ region, instance }, read) => {
      const ask = (query: string) =>
        `aws rds describe-db-instances --region ${region} --db-instance-identifier ${instance} --query 'DBInstances[0].${query}' --output text`;
      return zoneByHand({ name: ask('Endpoint.Address'), zone: ask('AvailabilityZone') }, read);
    },
    gives: (_params, _read, found) => found as ZoneBefore,
  },
  undoCommand: ({ region, instance }) =>
    `aws rds wait db-instance-available --region ${region} --db-instance-identifier ${instance}`,
});

/** So soon after a failover RDS may drop another one without a word, and what it tells of zones is old. AWS publishes no figure. */
const QUIET_MS = 10 * 60_000;

const tooSoon = (instance: string): DrillError =>
  new DrillError(
    'failed-over-lately',
    `${instance} has failed over within the last ${inWords(QUIET_MS)}: RDS may silently ignore a second failover.`,
    { hint: 'Find out why it failed over, and run the drill again once its zones have been told rightly for 10 min.' },
  );

const impairmentOf = ({ region, instance }: Params) => ({
  what: `the writer ${instance} fails over to its standby in another zone`,
  region,
});

const asStanding = (found: DBInstance, addresses: string[]) => ({
  status: found.DBInstanceStatus ?? 'unknown',
  zone: found.AvailabilityZone ?? '',
  name: found.Endpoint?.Address ?? '',
  addresses,
});

async function standing(found: DBInstance, { dns, signal }: StepContext): Promise<Json> {
  const name = found.Endpoint?.Address ?? '';
  const { addresses } = await dns.resolve(name, signal);
  return asStanding(found, addresses.toSorted());
}

const askedAtMs = ({ entries, step }: StepContext): number | undefined => {
  const asked = entries().find((entry) => entry.type === 'step-applying' && entry.step === step);
  return asked && Date.parse(asked.at);
};

const zoneSeen = ({ entries, step }: StepContext): Json | undefined => {
  const seen = entries().find((entry) => entry.type === 'step-observed' && entry.step === step);
  return seen?.type === 'step-observed' ? (seen.state as { zone?: string }).zone : undefined;
};
