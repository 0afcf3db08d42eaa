import * as z from 'zod';
import { isArn, parseArn } from '../arn.ts';

const text = z.string().trim().min(1);

const personSchema = z
  .strictObject({
    name: text,
    roles: z.array(text).min(1).describe('The roles for which this person answers, as drills name them.'),
    arn: z
      .string()
      .refine(isArn, 'expected an ARN')
      .optional()
      .describe(
        "The person's AWS identity: an IAM user, a role that nobody else uses, or one session of a role, with the resource assumed-role/Ops/ann@example.com, for example.",
      ),
    key: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'expected the SHA-256 of a public key in its DER form (SPKI), in 64 hex digits')
      .optional()
      .describe("SHA-256 of the person's public signing key in its DER form (SPKI), Ed25519 or P-256."),
    contacts: z
      .record(text, text)
      .default({})
      .describe(
        'How the person is reached, such as { phone: "+49 30 123456", email: ann@example.com, slack: U024BE7LH }. Channels write to `email`, and mention `slack`, when their role is asked.',
      ),
  })
  .refine(
    ({ arn, key }) => arn !== undefined || key !== undefined,
    'expected an arn or a key, or both: how else is this person known?',
  );

/** The people who decide, by a short name for each; those of one role in the order in which they are called. */
export const peopleSchema = z.record(text, personSchema).superRefine((people, context) => {
  for (const what of ['arn', 'key', 'name'] as const) {
    const seen = new Map<string, string>();
    for (const [id, person] of Object.entries(people)) {
      const value = person[what];
      if (value === undefined) continue;
      const other = seen.get(value);
      if (other !== undefined)
        context.addIssue({
          code: 'custom',
          path: [id, what],
          message: `expected another ${what} than that of ${other}: it tells people apart`,
        });
      seen.set(value, id);
    }
  }
});

export type Person = z.output<typeof personSchema>;

/** Who someone has proven to be: an AWS identity by its ARN, or a signing key by its fingerprint. */
export type Identity = { arn: string } | { key: string };

/** The person with this identity; nothing where the topology names nobody who has it. */
export const personWith = (identity: Identity, people: Record<string, Person>): Person | undefined =>
  Object.values(people).find(({ arn, key }) =>
    'key' in identity ? key === identity.key : arn !== undefined && isIdentity(identity.arn, arn),
  );

/** An identity is the ARN that is named, or a session of the role that is named. */
function isIdentity(said: string, named: string): boolean {
  if (said === named) return true;
  const [session, role] = [parseArn(said), parseArn(named)];
  if (!session || !role || role.service !== 'iam' || session.service !== 'sts') return false;
  const [, assumed] = /^assumed-role\/([^/]+)\/[^/]+$/.exec(session.resource) ?? [];
  const name = /^role\/(?:.*\/)?([^/]+)$/.exec(role.resource)?.[1];
  return (
    assumed !== undefined &&
    assumed === name &&
    session.account === role.account &&
    session.partition === role.partition
  );
}
