import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

export const Client = LambdaClient;

export const reads = { GetFunctionConfiguration: GetFunctionConfigurationCommand };

/** What a function does nobody can tell from outside: to call one counts as a change. */
export const changes = { Invoke: InvokeCommand };
