import type { Drill } from '../drill/drill.ts';
import { ESCALATION } from '../steps/people/asking.ts';

/** Who decides whether a drill continues: those who approve it, or the handbook's escalation. */
export function decidersIn(drill: Drill): { people: number; roles: string[]; each: number } {
  const { people, roles, each } = ('approval' in drill ? drill.approval : undefined) ?? ESCALATION;
  return { people, roles, each };
}
