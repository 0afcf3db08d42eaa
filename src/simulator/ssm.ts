import type { Input } from '../aws/aws.ts';
import { uuidOf } from './distributions.ts';
import { awsError } from './faults.ts';
import type { Automation } from './state.ts';
import { at, plan } from './timeline.ts';
import type { World } from './world.ts';

/** Systems Manager as its API answers: automations of the documents that the drill's simulation names. */
export const ssm = {
  DescribeDocument({ simulation }: World, _region: string, { Name: asked = '' }: Input<'ssm', 'DescribeDocument'>) {
    const found = simulation.automations.find((one) => one.document === asked);
    if (!found) throw awsError('InvalidDocument', `Document with name ${asked} does not exist.`);
    return {
      Document: {
        Name: asked,
        DocumentVersion: '1',
        DefaultVersion: '1',
        Status: 'Active' as const,
        DocumentType: 'Automation' as const,
        DocumentFormat: 'YAML' as const,
        ...(found.parameters && { Parameters: found.parameters.map((Name) => ({ Name, Type: 'String' as const })) }),
      },
    };
  },

  StartAutomationExecution(world: World, region: string, input: Input<'ssm', 'StartAutomationExecution'>) {
    const { DocumentName: document = '', ClientToken: token = '', Parameters: parameters = {} } = input;
    const asked = JSON.stringify({ document, parameters });
    const known = world.automations.find((one) => one.region === region && token !== '' && one.token === token);
    if (known && known.asked !== asked)
      throw awsError('IdempotentParameterMismatch', 'The parameters do not match those of the original call.');
    if (known) return { AutomationExecutionId: known.id };
    const found = world.simulation.automations.find((one) => one.document === document);
    if (!found)
      throw awsError('AutomationDefinitionNotFoundException', `Automation definition ${document} could not be found.`);
    const nowMs = world.clock.nowMs();
    const automation: Automation = {
      id: uuidOf(`${region}/${document}/${world.automations.length}`),
      region,
      document,
      token,
      asked,
      startMs: nowMs,
      status: [
        [nowMs, 'InProgress'],
        [nowMs + found.takes, found.fails === undefined ? 'Success' : 'Failed'],
      ],
      failure: found.fails ?? null,
      outputs: found.outputs,
    };
    world.automations.push(automation);
    return { AutomationExecutionId: automation.id };
  },

  GetAutomationExecution(world: World, region: string, asked: Input<'ssm', 'GetAutomationExecution'>) {
    const nowMs = world.clock.nowMs();
    const { id, document, startMs, status, failure, outputs } = automationIn(
      world,
      region,
      asked.AutomationExecutionId,
    );
    const now = at(status, nowMs);
    return {
      AutomationExecution: {
        AutomationExecutionId: id,
        DocumentName: document,
        DocumentVersion: '1',
        ExecutionStartTime: new Date(startMs),
        AutomationExecutionStatus: now,
        ...(now === 'Failed' && { FailureMessage: failure ?? '' }),
        ...(now === 'Success' && { Outputs: structuredClone(outputs) }),
        Mode: 'Auto' as const,
      },
    };
  },

  StopAutomationExecution(world: World, region: string, asked: Input<'ssm', 'StopAutomationExecution'>) {
    const { id, status } = automationIn(world, region, asked.AutomationExecutionId);
    const nowMs = world.clock.nowMs();
    if (at(status, nowMs) !== 'InProgress')
      throw awsError('InvalidAutomationStatusUpdateException', `Automation execution ${id} is not running.`);
    plan(status, nowMs, [
      [nowMs, 'Cancelling'],
      [nowMs + STOPS_WITHIN_MS, 'Cancelled'],
    ]);
    return {};
  },
};

/** Assumption: AWS publishes no figure. */
const STOPS_WITHIN_MS = 2_000;

function automationIn({ automations }: World, region: string, id: string | undefined): Automation {
  const found = automations.find((one) => one.region === region && one.id === id);
  if (found) return found;
  throw awsError('AutomationExecutionNotFoundException', `Automation execution ${id} could not be found.`);
}
