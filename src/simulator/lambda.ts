import { regionalArn } from '../arn.ts';
import type { Input } from '../aws/aws.ts';
import { awsError } from './faults.ts';
import type { World } from './world.ts';

/** Lambda as its API answers: the functions that the drill's simulation names, with what it says of them. */
export const lambda = {
  GetFunctionConfiguration(
    world: World,
    region: string,
    { FunctionName: asked = '' }: Input<'lambda', 'GetFunctionConfiguration'>,
  ) {
    const { known, arn } = functionIn(world, region, asked);
    return {
      FunctionName: known.function,
      FunctionArn: arn,
      State: 'Active' as const,
      LastUpdateStatus: 'Successful' as const,
      Version: '$LATEST',
    };
  },

  async Invoke(world: World, region: string, { FunctionName: asked = '' }: Input<'lambda', 'Invoke'>) {
    const { known } = functionIn(world, region, asked);
    await world.clock.sleep(known.takes);
    const failed = known.error !== undefined;
    const said = failed ? { errorType: 'Error', errorMessage: known.error, trace: [] } : known.answers;
    return {
      StatusCode: 200,
      ...(failed && { FunctionError: 'Unhandled' }),
      Payload: new Uint8Array(Buffer.from(JSON.stringify(said))),
      ExecutedVersion: '$LATEST',
    };
  },
};

/** The function of that name or ARN; a version or alias behind it belongs to the name. */
function functionIn({ topology, simulation }: World, region: string, asked: string) {
  const prefix = regionalArn({ service: 'lambda', region, account: topology.account, resource: 'function:' });
  const name = asked.startsWith(prefix) ? asked.slice(prefix.length) : asked;
  const known = simulation.functions.find((one) => one.function === name);
  if (!known) throw awsError('ResourceNotFoundException', `Function not found: ${prefix}${name}`, 404);
  return { known, arn: `${prefix}${name}` };
}
