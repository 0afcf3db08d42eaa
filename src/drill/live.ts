import * as z from 'zod';
import { region, secretNameOrArn } from './names.ts';
import { duration } from './quantities.ts';
import { fromEnvironment } from './secret-reference.ts';

const text = z.string().min(1);

const fromSecretsManager = z.strictObject({
  from: z.literal('secrets-manager'),
  secret: secretNameOrArn.describe('Name or ARN; the value is the password, or JSON with the key password.'),
  region: region.optional().describe('Default: the recovery region, because the primary region may be unavailable.'),
});

/** How a live drill logs in to PostgreSQL. No password is in a file: only where it is available. */
export const loginSchema = z
  .strictObject({
    user: text.describe('A role that may write to dr_drill_heartbeat and read the tables that are checked.'),
    password: z
      .discriminatedUnion('from', [z.strictObject({ from: z.literal('iam') }), fromEnvironment, fromSecretsManager])
      .describe('Where the password comes from: a token of IAM, a variable of the environment, or Secrets Manager.'),
    tls: z
      .enum(['verify-full', 'require', 'off'])
      .default('verify-full')
      .describe('verify-full checks certificate and host name; require encrypts only.'),
    ca: text.optional().describe("A file with the certificate authorities to trust, such as AWS's global-bundle.pem."),
  })
  .describe('Without it, a live drill counts no rows, and data loss is estimated from the lag.');

export type Login = z.output<typeof loginSchema>;

/** How a live drill logs in to the cache. */
export const cacheLoginSchema = z
  .strictObject({
    user: text.default('default').describe('A user that may set and get keys that begin with dr-drill:.'),
    password: z
      .discriminatedUnion('from', [fromEnvironment, fromSecretsManager])
      .describe('Where the password or AUTH token comes from: a variable of the environment, or Secrets Manager.'),
  })
  .describe('Without it, the cache must not require a password.');

/** How a live drill logs in to Kafka. */
export const kafkaLoginSchema = z
  .discriminatedUnion('by', [
    z.strictObject({ by: z.literal('iam') }),
    z.strictObject({
      by: z.literal('scram'),
      user: text.describe('A user of SASL/SCRAM with SHA-512, the only mechanism that MSK supports.'),
      password: z
        .discriminatedUnion('from', [fromEnvironment, fromSecretsManager])
        .describe('Where the password comes from: a variable of the environment, or Secrets Manager.'),
    }),
    z.strictObject({ by: z.literal('tls') }),
    z.strictObject({ by: z.literal('plaintext') }),
  ])
  .default({ by: 'iam' })
  .describe(
    'The login: IAM, SASL/SCRAM, none over TLS, or none in plain text. It also decides which brokers are used.',
  );

export type KafkaLogin = z.output<typeof kafkaLoginSchema>;

/** Commands of the machine's shell that bring a failure about in a live drill, and end it. */
export const failureCommands = z
  .strictObject({
    inject: text.describe('Causes the failure. Its last line may be the time of the failure in ISO 8601.'),
    heal: text.describe('Ends the failure.'),
    active: text.describe('Exits with 0 while the failure is active, and with 1 when it is not.'),
    credentials: z
      .boolean()
      .optional()
      .describe("Gives the commands the AWS credentials in dr-drill's own environment."),
  })
  .describe('Commands that cause the failure in a live drill. A dry run does not need them.');

export type FailureCommands = z.output<typeof failureCommands>;

/** What counts as having been served. */
export const successSchema = z
  .strictObject({
    status: z
      .array(z.int().min(100).max(599))
      .min(1)
      .optional()
      .describe('Statuses that count as success. Default: 200 to 299.'),
    body: text.optional().describe('What the answer must contain.'),
    latency: duration.optional().describe('A response that takes longer does not count.'),
  })
  .describe('What counts as success.');

export type Success = z.output<typeof successSchema>;

/** A DNS server: `10.0.0.2`, or with a port `127.0.0.1:5300`. */
export const nameServer = z
  .string()
  .regex(
    /^\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?$/,
    'expected the address of a DNS server, such as 10.0.0.2 or 127.0.0.1:5300',
  );
