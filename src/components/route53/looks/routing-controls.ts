import { blocker } from '../../../steps/account/findings.ts';
import { type LookFor, UNSAID } from '../../../steps/account/look.ts';
import { statesNow } from '../routing-controls/routing-controls.ts';

/** Routing controls of ARC: the drill turns one on and the other off, so both must be told, and customers must not be there yet. */
export const routingControlsLook: LookFor<'routing-controls'> = {
  calls: () => ['route53recoverycluster:GetRoutingControlState'],
  permissions: ({ on, off }) =>
    [on, off].map((resource) => ({ action: 'route53-recovery-cluster:GetRoutingControlState', resource })),
  subject: () => 'routing controls',
  async look(need, context) {
    const { on, off, endpoints } = need;
    const states = await statesNow(need, context);
    const rows = [on, off].map((arn) => ({
      what: `routing control ${arn.split('/').at(-1)}`,
      topology: UNSAID,
      account: states[arn] ?? 'not told',
    }));
    if (states[on] !== 'On') return { rows, findings: [] };
    const fix = `aws route53-recovery-cluster get-routing-control-state --region ${endpoints[0]?.region} --endpoint-url ${endpoints[0]?.url} --routing-control-arn ${on}`;
    const why = 'Customers are sent there already: the drill would move no customers.';
    return { rows, findings: [blocker(on, `the routing control ${on} is on already`, why, `See who set it: ${fix}`)] };
  },
};
