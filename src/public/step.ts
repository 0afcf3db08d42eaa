/** What a step of a user's own is made with: `import { defineStep, given } from 'dr-drill'`. */
export * as z from 'zod';
export { isAwsError } from '../aws/aws.ts';
export { duration, percentage } from '../drill/quantities.ts';
export { DrillError } from '../errors.ts';
export { clusterOf, databaseGiven, databaseOf, earlierStep, given, needed, side } from '../steps/given.ts';
export { loginTo, type Need } from '../steps/needs.ts';
export { until } from '../steps/poll.ts';
export { defineStep, type Observation, type Permission, type Step, type StepContext } from '../steps/step.ts';
