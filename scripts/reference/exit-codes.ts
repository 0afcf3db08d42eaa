import { meaningOf } from '../../src/cli/exit-codes.ts';
import { code, page, table } from './page.ts';

export const exitCodesPage = (): string =>
  page(
    'Exit codes',
    'The exit code of `run` is the verdict. Every command uses the same codes.',
    table(
      ['exit code', 'meaning'],
      Object.entries(meaningOf).map(([exitCode, meanings]) => [code(exitCode), meanings.join('<br>')]),
    ),
  );
