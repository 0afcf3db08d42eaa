import type { Need } from '../../../steps/needs.ts';
import type { Likeness, Said } from './like-original.ts';

/** What a copy of an instance is made with: groups and class of its region, for the engine of its original. */
export function copyNeeds({
  region,
  like,
  multiAz = false,
  ...said
}: { region: string; like: Likeness } & Said): Need[] {
  const { original: engineOf, neighbour } = like;
  const { instanceClass, parameterGroup, subnetGroup, securityGroups: groups } = said;
  const near = engineOf.region === region ? engineOf : neighbour;
  // One that an earlier step names has no name yet.
  const of = near && !near.instance.startsWith('<') ? near.instance : undefined;
  return [
    { need: 'db-class', region, class: instanceClass, multiAz, engineOf },
    { need: 'db-subnet-group', region, name: subnetGroup },
    { need: 'db-parameter-group', region, name: parameterGroup, engineOf },
    ...(of === undefined ? [] : [{ need: 'db-option-group' as const, region, of, engineOf }]),
    { need: 'security-groups', region, groups, subnetGroup },
  ];
}
