import type { DBInstance } from '@aws-sdk/client-rds';
import { arnBeside } from '../../arn.ts';
import { inWords } from '../../duration.ts';
import { reportedLagMs } from '../cloudwatch/metric.ts';
import { IAM_LOGIN } from '../rds/copy-settings/access.ts';
import { arnOf } from '../rds/instance.ts';
import { differences, modelOf } from '../rds/like-original.ts';
import { blocker, type Finding, warning } from './findings.ts';
import type { DescribedInstance } from './instances.ts';
import type { Look, LookContext } from './look.ts';

interface Pair {
  account: string;
  writer: DescribedInstance;
  replica: DescribedInstance;
  /** The longest lag at which the drill goes on, in milliseconds. */
  lagMaxMs: number;
}

/** Looks whether the replica follows this very writer, and how far behind. */
export async function replicationLook(
  pair: Pair,
  found: { writer: DBInstance | undefined; replica: DBInstance },
  context: LookContext,
): Promise<Look> {
  const { identifier, region } = pair.replica;
  const source = arnOf(pair.writer.region, pair.account, pair.writer.identifier);
  const { ReadReplicaSourceDBInstanceIdentifier: named, DBInstanceArn } = found.replica;
  const actual = named && arnBeside(named, DBInstanceArn);
  const state = found.replica.StatusInfos?.find(({ StatusType }) => StatusType === 'read replication');
  const lagMs = actual ? await reportedLagMs(region, identifier, context) : null;
  return {
    rows: [
      { what: `${identifier} source`, topology: source, account: actual ?? 'none' },
      { what: `${identifier} replication`, topology: 'replicating', account: state?.Status ?? 'not told' },
      {
        what: `${identifier} lag`,
        topology: `at most ${inWords(pair.lagMaxMs)}`,
        account: lagMs === null ? 'not known' : inWords(lagMs),
      },
    ],
    findings: [
      ...sourceFindings(pair, source, actual),
      ...(actual ? [...stateFindings(pair, state), ...lagFindings(pair, lagMs)] : []),
      ...versionFindings(pair, found),
      ...(found.writer ? unlikeFindings(pair, found.writer, found.replica) : []),
    ],
  };
}

const createCommand = ({ replica }: Pair, source: string): string =>
  `aws rds create-db-instance-read-replica --region ${replica.region} --db-instance-identifier ${replica.identifier} --source-db-instance-identifier ${source} --db-instance-class ${replica.class} --db-subnet-group-name ${replica.subnetGroup} --db-parameter-group-name ${replica.parameterGroup} --vpc-security-group-ids ${replica.securityGroups.join(' ')} --kms-key-id alias/aws/rds`;

function sourceFindings(pair: Pair, source: string, actual: string | undefined): Finding[] {
  const { identifier } = pair.replica;
  if (!actual) {
    const what = `${identifier} is not a replica of anything`;
    const mend = `Build the replica again, under this name or another: ${createCommand(pair, source)}`;
    return [blocker(identifier, what, 'A promoted replica stays a writer of its own, and is out of date.', mend)];
  }
  if (actual === source) return [];
  const what = `${identifier} replicates from ${actual}, not from ${source}`;
  const why = 'To promote it would bring up other data than those that are lost.';
  return [blocker(identifier, what, why, 'Correct the topology: one of its two databases is another one.')];
}

type State = { Normal?: boolean | undefined; Status?: string | undefined; Message?: string | undefined };

function stateFindings({ replica }: Pair, state: State | undefined): Finding[] {
  const { identifier, region } = replica;
  if (state?.Normal !== false && (state === undefined || state.Status === 'replicating')) return [];
  const what = `replication to ${identifier} is ${state?.Status}${state?.Message ? `: ${state.Message}` : ''}`;
  const why = 'What is written since then is lost with the primary region.';
  const mend = `See its events: aws rds describe-events --region ${region} --source-type db-instance --source-identifier ${identifier} --duration 1440`;
  return [blocker(identifier, what, why, mend)];
}

function lagFindings({ replica, lagMaxMs }: Pair, lagMs: number | null): Finding[] {
  const { identifier, region } = replica;
  const mend = `aws cloudwatch get-metric-statistics --region ${region} --namespace AWS/RDS --metric-name ReplicaLag --dimensions Name=DBInstanceIdentifier,Value=${identifier} --statistics Average --period 60 --start-time "$(date -u -d '10 minutes ago' +%FT%TZ)" --end-time "$(date -u +%FT%TZ)"`;
  if (lagMs === null) {
    const what = `the lag of ${identifier} is not known`;
    const why = 'RDS reports none for a replica that does not follow; nobody could say what a failover would lose.';
    return [warning(identifier, what, why, `See whether it comes back: ${mend}`)];
  }
  if (lagMs <= lagMaxMs) return [];
  const what = `${identifier} lies ${inWords(lagMs)} behind; the drill allows ${inWords(lagMaxMs)}`;
  return [blocker(identifier, what, 'Promoted now, it would lose that much.', `Let it catch up first: ${mend}`)];
}

function versionFindings({ replica }: Pair, found: { writer: DBInstance | undefined; replica: DBInstance }): Finding[] {
  const [old, fresh] = [found.writer?.EngineVersion, found.replica.EngineVersion];
  if (old === undefined || old === fresh) return [];
  const { identifier } = replica;
  const what = `${identifier} runs PostgreSQL ${fresh}, the writer ${old}`;
  const why = 'The new writer would run a version that nobody has used in production.';
  const mend = `aws rds modify-db-instance --region ${replica.region} --db-instance-identifier ${identifier} --engine-version ${old} --apply-immediately`;
  return [warning(identifier, what, why, `Bring the older one up to the newer; the replica first. ${mend}`)];
}

/** Compared with the topology, or by a finding of their own. */
const COMPARED_ELSEWHERE = ['instance class', 'Multi-AZ', 'engine version', 'deletion protection'];

/** What the replica would lack that the writer has, once it takes its place. */
function unlikeFindings({ writer, replica }: Pair, original: DBInstance, copy: DBInstance): Finding[] {
  const model = modelOf({ general: original, iamLogin: false, named: writer.identifier });
  const except = replica.iamLogin ? [...COMPARED_ELSEWHERE, IAM_LOGIN] : COMPARED_ELSEWHERE;
  return differences(model, copy, { region: replica.region, purpose: 'replica', iamLogin: false, except });
}
