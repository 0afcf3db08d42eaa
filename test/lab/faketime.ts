import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the wall clock of one process says, without touching the machine's: libfaketime, which leaves the monotonic clock as it is. */
export interface FakeTime {
  /** For the process whose clock is set, and those that it starts. */
  environment: Record<string, string>;
  /** As libfaketime takes it: `-12s`, `+4m`, `+0 x1.01`. */
  set(offset: string): void;
}

export function fakeTime(folder: string): FakeTime {
  const library = readdirSync('/usr/lib')
    .map((machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`)
    .find((path) => existsSync(path));
  if (library === undefined) throw new Error('libfaketime is missing: install the package faketime.');
  const file = join(folder, 'faketime');
  const set = (offset: string) => {
    writeFileSync(`${file}.new`, `${offset}\n`);
    // Anyone who reads it reads all of it.
    renameSync(`${file}.new`, file);
  };
  set('+0');
  return {
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
    set,
  };
}
