import { chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { shellFailure } from '../../src/live/failure.ts';
import { scratch } from './files.ts';

const folder = scratch();
const script = folder.write('break.sh', '#!/bin/sh\n');
const readable = folder.write('heal.sh', '#!/bin/sh\n');
chmodSync(script, 0o755);
chmodSync(readable, 0o644);

test.each([
  [script, undefined],
  [`bash ${readable} --now`, undefined],
  ['echo done && exit 0', undefined],
  [`${readable} --now`, `${readable} is not executable`],
  [`${folder.path}/none.sh`, `there is no file ${folder.path}/none.sh`],
  [`bash ${folder.path}/none.sh`, `there is no file ${folder.path}/none.sh`],
  [`REGION=x python3 ${folder.path}/none.py`, `there is no file ${folder.path}/none.py`],
  ['no-such-program --now', 'there is no command no-such-program on PATH'],
])('of the failure command %s a preflight says: %s', async (heal, mistake) => {
  const lacking = await shellFailure({ inject: script, heal, active: 'true' }, new VirtualClock(0)).lacks();
  const expected = mistake === undefined ? [] : [`failure.commands.heal cannot be run: ${mistake}`];
  expect(lacking.map(({ what }) => what)).toEqual(expected);
});
