import type { Disaster, Risk } from '../../../steps/step.ts';

const ROUTE_53 = "Route 53's control plane";

const otherLever = ({ region, recovery }: Disaster): string =>
  `Use a lever that needs no call to ${region}: an ARC routing control (lever: arc-routing-controls; its endpoints are in five regions), or a health check that reads something which can be flipped in ${recovery}: an S3 object, an HTTP endpoint, a CloudWatch alarm on a metric of your own.`;

/** A health check is inverted by a call to one region. */
export const inversionRisk = (_: unknown, disaster: Disaster): Risk => ({
  of: ROUTE_53,
  why: 'The effect travels with health checking, which is data plane and keeps working. The call is not: if that control plane is part of the disaster, nothing can be inverted.',
  fix: otherLever(disaster),
});

/** Records are edited by a call to one region. */
export const recordsRisk = (_: unknown, disaster: Disaster): Risk => ({
  of: ROUTE_53,
  why: 'Where that control plane is part of the disaster, no record can be edited; and an edit has to reach every name server before a customer sees it.',
  fix: `${otherLever(disaster)} Inverting a health check edits no record, but is a call to ${disaster.region}, too.`,
});

/** Dials are turned by a call to one region. */
export const dialsRisk = (_: unknown, { region }: Disaster): Risk => ({
  of: "Global Accelerator's control plane",
  why: 'Edge locations still send customers away from unhealthy endpoints, whatever the dials say: that is data plane. But if that control plane is part of the disaster, no dial can be changed, and customers go back as soon as the lost region looks well again.',
  fix: `Use a lever that needs no call to ${region}: ARC routing controls (lever: arc-routing-controls; their endpoints are in five regions), or health checks of the load balancers that someone in the region which takes over can make fail.`,
});
