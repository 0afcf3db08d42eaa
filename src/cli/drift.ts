import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { driftOf } from '../drift/drift.ts';
import { blocksFor } from '../drift/hcl.ts';
import { managedIn } from '../drift/terraform-state.ts';
import { driftMarkdown } from '../drift/words.ts';
import { JOURNAL } from '../evidence/manifest.ts';
import { readJournal } from '../journal/journal.ts';
import { leftBy } from '../measure/left-by.ts';
import { mostBytes, readText } from '../read-file.ts';
import { withoutSecretsIn } from '../secrets.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

export interface DriftCommandOptions {
  terraform: string;
  output?: string;
  json?: boolean;
}

/** Says which addresses of a state a run has changed, and what keeps a plan from taking that back. Gives 1 where a plan would. */
export function driftCommand(
  run: string,
  { terraform, output, json }: DriftCommandOptions,
  terminal: Terminal,
): number {
  const { entries } = readJournal(run.endsWith('.jsonl') ? run : join(run, JOURNAL));
  const state = managedIn(readText(terraform, mostBytes.evidence), terraform);
  const drift = withoutSecretsIn(driftOf(leftBy(entries), state));
  if (json) terminal.out(`${JSON.stringify(drift, null, 2)}\n`);
  else terminal.out(driftMarkdown(basename(resolve(run)), drift));
  if (output !== undefined) {
    mkdirSync(output, { recursive: true });
    const { moves, overrides } = blocksFor(drift);
    if (moves !== '') writeFileSync(join(output, 'dr_drill.tf'), moves);
    if (overrides !== '') writeFileSync(join(output, 'dr_drill_override.tf'), overrides);
  }
  return drift.drifted.length > 0 ? exitCodes['target-missed'] : exitCodes.passed;
}
