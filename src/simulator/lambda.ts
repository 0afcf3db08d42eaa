import { regionalArn } from '../arn.ts';
import type { Input } from '../aws/aws.ts';
import { awsError } from './faults.ts';
import type { World } from './world.ts';

/** Lambda as its API answers: the functions that the drill's simulation names, with what it says of them. */
export const lambda = {
  async Invoke(world: World, region: string, { FunctionName: asked = '' }: Input<'lambda', 'Invoke'>) {
    const { topology, simulation, clock } = world;
    const prefix = regionalArn({ service: 'lambda', region, account: topology.account, resource: 'function:' });
    const name = asked.startsWith(prefix) ? asked.slice(prefix.length) : asked;
    const known = simulation.functions.find((one) => one.function === name);
    if (!known) throw awsError('ResourceNotFoundException', `Function not found: ${prefix}${name}`, 404);
    await clock.sleep(known.takes);
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
