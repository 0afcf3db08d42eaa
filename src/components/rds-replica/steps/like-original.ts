import type { DBInstance } from '@aws-sdk/client-rds';
import * as z from 'zod';
import type { Login } from '../../../drill/live.ts';
import { Aborted } from '../../../errors.ts';
import { type Finding, noteOnce } from '../../../steps/account/findings.ts';
import { type Mark, tagsFor } from '../../../steps/mark.ts';
import type { Permission, StepContext } from '../../../steps/step.ts';
import { findInstance, instancePermissions } from '../../rds/instance.ts';
import { IAM_LOGIN } from './copy-settings/access.ts';
import { copySettings } from './copy-settings/index.ts';
import type { Call, CopySetting, Creation, Purpose } from './copy-settings/setting.ts';

const place = z.object({ region: z.string(), instance: z.string() });

/** Which instance a copy is to be like, and what it is made for. */
export const likeness = z.object({
  original: place,
  /** An instance of the copy's own region: what belongs to a region is taken from there. */
  neighbour: place.nullable(),
  purpose: z.enum(['writer', 'replica', 'test']),
  /** Whether the drill logs in with a token of IAM. */
  iamLogin: z.boolean(),
});
export type Likeness = z.output<typeof likeness>;

/** What the topology says of an instance: it comes before what any other instance of its region has. */
export const said = z.object({
  instanceClass: z.string(),
  parameterGroup: z.string(),
  subnetGroup: z.string(),
  securityGroups: z.array(z.string()),
  multiAz: z.boolean().optional(),
});
export type Said = z.output<typeof said>;

export const loginByIam = ({ login }: { login?: Login | undefined }): boolean => login?.password.from === 'iam';

/** What a copy is to be like: the original's settings as far as they are known, and who said which. */
interface Model {
  instance: DBInstance;
  /** An instance answered, so what its answer leaves out is not set. */
  isWhole: boolean;
  /** The fields that the topology says. */
  said: ReadonlySet<string>;
  /** What answered, by name. */
  named: string;
}

const regional = new Set(copySettings.filter((one) => one.regional).flatMap(({ fields }) => fields));
const regionalOf = (instance: DBInstance | undefined, is: boolean): DBInstance =>
  Object.fromEntries(
    Object.entries(instance ?? {}).filter(([field]) => regional.has(field as keyof DBInstance) === is),
  );

/** The original, live where it answers, else the neighbour, with what the topology says. */
export async function modelFor(
  region: string,
  like: Likeness,
  said: Said,
  context: StepContext,
  answerWithinMs = 5_000,
): Promise<Model> {
  const { original, neighbour } = like;
  const [first, second] = await Promise.all([
    answering(original, context, answerWithinMs),
    neighbour && !isSame(neighbour, original) ? answering(neighbour, context, answerWithinMs) : undefined,
  ]);
  const near = original.region === region ? first : second;
  return modelOf({ general: first ?? second, near, said, iamLogin: like.iamLogin, named: original.instance });
}

/** The same of instances that were looked at already. */
export function modelOf({
  general,
  near,
  said,
  iamLogin,
  named,
}: {
  general: DBInstance | undefined;
  near?: DBInstance | undefined;
  said?: Said;
  iamLogin: boolean;
  named: string;
}): Model {
  const fromTopology: DBInstance = {
    ...(said && {
      DBInstanceClass: said.instanceClass,
      DBParameterGroups: [{ DBParameterGroupName: said.parameterGroup }],
      DBSubnetGroup: { DBSubnetGroupName: said.subnetGroup },
      VpcSecurityGroups: said.securityGroups.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId })),
      ...(said.multiAz !== undefined && { MultiAZ: said.multiAz, PendingModifiedValues: {} }),
    }),
    ...(iamLogin && !general && { IAMDatabaseAuthenticationEnabled: true }),
  };
  return {
    instance: { ...regionalOf(general, false), ...regionalOf(near, true), ...fromTopology },
    isWhole: general !== undefined,
    said: new Set(Object.keys(fromTopology)),
    named,
  };
}

const isSame = (one: z.output<typeof place>, other: z.output<typeof place>): boolean =>
  one.region === other.region && one.instance === other.instance;

/** Nothing waits for it: its region may be lost. */
async function answering(
  { region, instance }: z.output<typeof place>,
  context: StepContext,
  answerWithinMs: number,
): Promise<DBInstance | undefined> {
  try {
    return await findInstance(context, region, instance, { once: true, answerWithinMs, withinMs: answerWithinMs });
  } catch (error) {
    if (error instanceof Aborted || context.signal.aborted) throw error;
    return undefined;
  }
}

/** Whether the model knows how a setting is to be. */
const isTold = ({ instance, isWhole }: Model, { fields, regional: bound }: CopySetting): boolean =>
  (isWhole && !bound) || fields.some((field) => instance[field] !== undefined);

/** What a call is asked for, so that the copy has it as the original does; each copy bears the tags of its run. */
export function askedLike<C extends Call>(call: C, model: Model, purpose: Purpose, mark: Mark) {
  const asked: Partial<Creation[C]> = {};
  for (const setting of copySettings)
    if (isTold(model, setting) && !(purpose === 'test' && setting.testGoesWithout))
      Object.assign(asked, setting.asked?.[call]?.(model.instance));
  return {
    ...(Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as Partial<Creation[C]>),
    Tags: [...(asked.Tags ?? []), ...tagsFor(mark)],
    // What is thrown away must be deletable, and is nobody's from outside.
    ...(purpose === 'test' && { PubliclyAccessible: false, DeletionProtection: false }),
  };
}

export interface Copied {
  region: string;
  purpose: Purpose;
  iamLogin: boolean;
  /** Settings that someone else compares. */
  except?: readonly string[];
}

/** Where a copy is not like its original, as far as that matters for what it is made for. */
export function differences(
  model: Model,
  copy: DBInstance,
  { region, purpose, iamLogin, except = [] }: Copied,
): Finding[] {
  const identifier = copy.DBInstanceIdentifier ?? '';
  return copySettings.flatMap((setting): Finding[] => {
    const { name, fields, why, change, matters } = setting;
    const isLogin = iamLogin && name === IAM_LOGIN;
    const severity = isLogin ? 'blocker' : matters[purpose];
    if (severity === null || except.includes(name) || !isTold(model, setting)) return [];
    const [wanted, has] = [setting.of(model.instance), setting.of(copy)];
    if (wanted === undefined || has === undefined || wanted === has) return [];
    const other = fields.some((field) => model.said.has(field)) ? 'the topology' : model.named;
    const fix =
      change?.(model.instance, { region, identifier }) ?? 'Only a new copy can have it: create the copy again.';
    return [
      {
        severity,
        subject: identifier,
        what: `${identifier} differs from ${other} in ${name}: ${has} instead of ${wanted}`,
        why: isLogin ? 'The drill logs in with a token of IAM, and is refused.' : why,
        fix,
      },
    ];
  });
}

/** Compares a copy that was just made with its original, and journals what differs. */
export async function noteDifferences(
  copy: DBInstance,
  target: { region: string; like: Likeness; said: Said },
  context: StepContext,
): Promise<void> {
  const { region, like, said } = target;
  noteOnce(differences(await modelFor(region, like, said, context), copy, { region, ...like }), context);
}

/** Looking at the original and its neighbour. */
export const likenessPermissions = ({ original, neighbour }: Likeness, account: string): Permission[] =>
  [original, ...(neighbour ? [neighbour] : [])].flatMap(({ region, instance }) =>
    instancePermissions(region, account, instance),
  );
