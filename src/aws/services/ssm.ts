import {
  DescribeDocumentCommand,
  GetAutomationExecutionCommand,
  SSMClient,
  StartAutomationExecutionCommand,
  StopAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';

export const Client = SSMClient;

export const reads = {
  DescribeDocument: DescribeDocumentCommand,
  GetAutomationExecution: GetAutomationExecutionCommand,
};

export const changes = {
  StartAutomationExecution: StartAutomationExecutionCommand,
  StopAutomationExecution: StopAutomationExecutionCommand,
};
