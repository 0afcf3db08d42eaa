import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { driftOf } from '../drift/drift.ts';
import { blocksFor } from '../drift/hcl.ts';
import { resourcesOfStack } from '../drift/stack.ts';
import { importsFor, stackDriftMarkdown, stackDriftOf, templateFor } from '../drift/stack-drift.ts';
import { managedIn } from '../drift/terraform-state.ts';
import { driftMarkdown } from '../drift/words.ts';
import { DrillError } from '../errors.ts';
import { JOURNAL } from '../evidence/manifest.ts';
import { readJournal } from '../journal/journal.ts';
import { leftBy } from '../measure/left-by.ts';
import { mostBytes, readText } from '../read-file.ts';
import { withoutSecretsIn } from '../secrets.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

export interface DriftCommandOptions {
  terraform?: string;
  cloudformation?: string;
  output?: string;
  json?: boolean;
}

/** The result for a state or a stack: what is printed, and what is written into files, by name. */
interface Found {
  json: unknown;
  markdown: string;
  files: Record<string, string>;
  drifts: boolean;
}

/** Says what of a state or a stack a run has changed, and what keeps the next plan or update from taking that back. Gives 1 where it would. */
export function driftCommand(
  run: string,
  { terraform, cloudformation, output, json }: DriftCommandOptions,
  terminal: Terminal,
): number {
  if ((terraform === undefined) === (cloudformation === undefined))
    throw new DrillError('usage', 'drift needs a state or a stack, one at a time.', {
      hint: 'Give --terraform <file> or --cloudformation <file>.',
    });
  const left = leftBy(readJournal(run.endsWith('.jsonl') ? run : join(run, JOURNAL)).entries);
  const name = basename(resolve(run));
  const found = terraform === undefined ? ofStack(cloudformation ?? '') : ofState(terraform);
  terminal.asIs(json ? `${JSON.stringify(found.json, null, 2)}\n` : found.markdown);
  if (output !== undefined) {
    mkdirSync(output, { recursive: true });
    for (const [file, text] of Object.entries(found.files)) if (text !== '') writeFileSync(join(output, file), text);
  }
  return found.drifts ? exitCodes['target-missed'] : exitCodes.passed;

  function ofState(path: string): Found {
    const drift = withoutSecretsIn(driftOf(left, managedIn(readText(path, mostBytes.evidence), path)));
    const { moves, overrides } = blocksFor(drift);
    return {
      json: drift,
      markdown: driftMarkdown(name, drift),
      files: { 'dr_drill.tf': moves, 'dr_drill_override.tf': overrides },
      drifts: drift.drifted.length > 0,
    };
  }

  function ofStack(path: string): Found {
    const drift = withoutSecretsIn(stackDriftOf(left, resourcesOfStack(readText(path, mostBytes.evidence), path)));
    const imports = importsFor(drift);
    return {
      json: { drifted: drift, imports },
      markdown: stackDriftMarkdown(name, drift),
      files: {
        'template-after-drill.yaml': templateFor(drift),
        'resources-to-import.json': imports.length === 0 ? '' : `${JSON.stringify(imports, null, 2)}\n`,
      },
      drifts: drift.length > 0,
    };
  }
}
