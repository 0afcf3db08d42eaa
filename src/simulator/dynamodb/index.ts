import { changes } from './change.ts';
import { looks } from './describe.ts';
import { items } from './items.ts';

/** DynamoDB as its API answers: tables with replicas, in version 2019.11.21 of global tables. */
export const dynamodb = { ...looks, ...items, ...changes };
