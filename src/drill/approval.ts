import * as z from 'zod';
import { duration } from './quantities.ts';

/** Whom a drill asks before it continues. */
export const approvalSchema = z.strictObject({
  people: z.int().min(1).max(5).default(1).describe('How many different people must approve.'),
  roles: z.array(z.string().min(1)).min(1).describe('The roles to ask, in this order, until one answers.'),
  each: duration.describe('How long to wait for each answer.'),
  otherwise: z.enum(['stop', 'go-on']).default('stop').describe('What happens if no one answers.'),
});
