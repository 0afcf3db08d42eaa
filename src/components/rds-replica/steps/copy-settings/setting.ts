import type { DBInstance } from '@aws-sdk/client-rds';
import type { Input } from '../../../../aws/aws.ts';
import type { Severity } from '../../../../journal/events.ts';

/** What a copy is made for: to take the writes, to follow a writer, or to be thrown away after a test. */
export type Purpose = 'writer' | 'replica' | 'test';

/** The calls that make an instance from another one. */
export interface Creation {
  snapshot: Input<'rds', 'RestoreDBInstanceFromDBSnapshot'>;
  pointInTime: Input<'rds', 'RestoreDBInstanceToPointInTime'>;
  replica: Input<'rds', 'CreateDBInstanceReadReplica'>;
}
export type Call = keyof Creation;

type Asked<T> = Partial<T>;

/** A setting of an instance that a copy may not have like its original. */
export interface CopySetting {
  name: string;
  /** The fields of RDS's answer that tell it. */
  fields: readonly (keyof DBInstance)[];
  /** Its value in words; `undefined` where RDS does not tell it, or it has no meaning: then nothing is compared. */
  of(instance: DBInstance): string | undefined;
  /** Belongs to one region: a copy in another region takes it from an instance there, or from the topology. */
  regional?: true;
  /** What each call takes to set it as the original has it; a call that is missing here cannot set it. */
  asked?: { [C in Call]?: (original: DBInstance) => Asked<Creation[C]> };
  /** Not asked for on a copy that is thrown away. */
  testGoesWithout?: true;
  /** The command that changes it afterwards; `undefined` where only a new copy can have it. */
  change?(original: DBInstance, of: { region: string; identifier: string }): string;
  why: string;
  /** How much a difference matters; `null`: it is expected of such a copy, or nobody's business. */
  matters: Record<Purpose, Severity | null>;
}

type Shared<A, B> = Pick<A, keyof A & keyof B>;
export const onEvery = (
  asked: (
    original: DBInstance,
  ) => Asked<Shared<Shared<Creation['replica'], Creation['snapshot']>, Creation['pointInTime']>>,
) => ({ snapshot: asked, pointInTime: asked, replica: asked });
export const onRestores = (
  asked: (original: DBInstance) => Asked<Shared<Creation['snapshot'], Creation['pointInTime']>>,
) => ({
  snapshot: asked,
  pointInTime: asked,
});

export const onOff = (value: boolean | undefined): string => (value ? 'on' : 'off');
export const list = (values: readonly (string | undefined)[] | undefined): string =>
  (values ?? [])
    .filter((value) => value !== undefined)
    .toSorted()
    .join(', ') || 'none';

/** A copy that serves without it serves worse. */
export const SERVING = { writer: 'warning', replica: 'warning', test: null } as const;
/** What a test proves is true of such an instance only. */
export const PROOF = { writer: 'warning', replica: 'warning', test: 'warning' } as const;
export const WORTH_KNOWING = { writer: 'note', replica: 'note', test: null } as const;
/** RDS creates each replica without backups, even if its source has some. */
export const OF_A_WRITER = { writer: 'warning', replica: null, test: null } as const;

type Which = { region: string; identifier: string };
export const modify =
  (options: (original: DBInstance) => string) =>
  (original: DBInstance, { region, identifier }: Which): string =>
    `aws rds modify-db-instance --region ${region} --db-instance-identifier ${identifier} ${options(original)} --apply-immediately`;
export const toggled = (name: string, value: boolean | undefined): string => `--${value ? '' : 'no-'}${name}`;
