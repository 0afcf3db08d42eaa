import * as z from 'zod';
import { regionalNeed, text } from './place.ts';

/** A Lambda function that the drill calls, by name or ARN, perhaps with a version or alias. */
export const lambdaFunction = regionalNeed(
  'lambda-function',
  { function: text },
  (need) => `lambda-function/${need.region}/${need.function}`,
);

/** A document of Systems Manager that the drill starts, and the names of the parameters that it gives. */
export const ssmDocument = regionalNeed(
  'ssm-document',
  {
    document: text,
    parameters: z.array(text),
    /** The role that it is told to assume. */
    role: text.optional(),
  },
  ({ region, document }) => `ssm-document/${region}/${document}`,
);

/** An experiment template of FIS, with its role and the alarms that stop it. */
export const fisTemplate = regionalNeed(
  'fis-template',
  { template: text },
  ({ region, template }) => `fis-template/${region}/${template}`,
);

/** Room for what the drill makes. The runbook derives it from the names that must be free. */
export const quota = regionalNeed(
  'quota',
  {
    /** What counts against it, as kinds of components call it. */
    of: text,
    /** What it makes, by name. */
    made: z.array(text),
  },
  ({ region, of }) => `quota/${region}/${of}`,
);
