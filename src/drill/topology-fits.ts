import { differ, OWN } from '../components/fits.ts';
import { objectOf } from '../components/index.ts';
import type { Component } from '../components/schemas.ts';
import { partitionsFit } from './arns-fit.ts';
import { allComponents, GROUPS, groupOf, type Named } from './components.ts';
import { type Complaint, complaint } from './mistakes.ts';
import type { Topology } from './topology.ts';

/** What a schema of a topology cannot say: values that do not fit each other. */
export function checkTopology(topology: Topology): Complaint[] {
  const { regions } = topology;
  return [
    ...differ(['regions', 'recovery'], regions.recovery, regions.primary, 'a region other than the primary'),
    ...isPromised(topology),
    ...isAnything(topology),
    ...namesDiffer(topology),
    ...allComponents(topology).flatMap((one) => componentFits(one, topology)),
    ...partitionsFit(topology),
    ...Object.values(regions).flatMap((one) => standsApart(topology, one)),
  ];
}

const componentFits = (one: Named<Component>, topology: Topology): Complaint[] =>
  objectOf(one).fits?.(one as never, topology, [groupOf(one, topology), one.id]) ?? [];

/** Nobody recovers in no time. */
const isPromised = ({ objective }: Topology): Complaint[] =>
  objective?.rto === 0
    ? [complaint(['objective', 'rto'], 'objective.rto cannot be 0', { expected: 'a duration longer than 0' })]
    : [];

/** A topology of nothing has nothing to drill. */
const isAnything = (topology: Topology): Complaint[] =>
  allComponents(topology).length > 0
    ? []
    : [
        complaint(['topology'], 'the topology has no component', {
          expected: 'something under data, compute or traffic',
        }),
      ];

/** Drills know components by their names alone. */
function namesDiffer(topology: Topology): Complaint[] {
  const all = allComponents(topology);
  return all
    .filter(({ id }, index) => all.findIndex((one) => one.id === id) < index)
    .map(({ id }) => {
      const group = GROUPS.findLast((one) => id in topology[one]) ?? 'traffic';
      return complaint([group, id], `there are two components '${id}'`, OWN);
    });
}

/** A witness in one of the two regions would always be on the side of that one. */
const standsApart = ({ witness }: Topology, region: string): Complaint[] =>
  witness?.region === region
    ? [
        complaint(['witness', 'region'], `the witness is in ${region}, one of the two regions that it judges`, {
          expected: 'a third region',
        }),
      ]
    : [];
