import { writeFileSync } from 'node:fs';
import { surpriseOf } from '../drill/candidates.ts';
import { loadDrill } from '../drill/load.ts';
import { DrillError } from '../errors.ts';
import { iamPolicyFor, type PolicyPurpose, tooLongForOne } from '../plan/iam-policy.ts';
import { planOf } from '../plan/plan.ts';
import { planOfSurprise } from '../plan/surprise.ts';
import { PUT_METRICS } from '../telemetry/cloudwatch.ts';
import type { MetricsTo } from './cloudwatch.ts';
import { exitCodes } from './exit-codes.ts';
import { notLoaded, notLoadedLines, readingModules } from './own-steps.ts';
import type { Terminal } from './terminal.ts';

/** Prints the least-privilege IAM policy of a drill; AWS is not called. */
export function iamPolicyCommand(
  path: string,
  options: { set: string[]; loadSteps?: boolean; for: PolicyPurpose; output?: string; metrics?: MetricsTo },
  terminal: Terminal,
): number {
  const { drill, topology } = loadDrill(path, { overrides: options.set, vocabulary: readingModules(options) });
  for (const line of notLoadedLines(notLoaded(drill, options))) terminal.err(`${line}\n`);
  const surprise = surpriseOf(drill);
  const plan = surprise ? planOfSurprise(drill, surprise, topology) : planOf(drill, topology);
  const phases = 'of' in plan ? plan.of.flatMap((one) => one.phases) : plan.phases;
  const drills = iamPolicyFor({ permissions: plan.permissions, phases }, options.for);
  const policy = options.metrics === undefined ? drills : { ...drills, Statement: [...drills.Statement, PUT_METRICS] };
  const text = `${JSON.stringify(policy, null, 2)}\n`;
  const tooLong = tooLongForOne(policy);
  if (tooLong !== undefined) terminal.err(`${tooLong}\n`);
  if (options.output === undefined) {
    terminal.asIs(text);
    return exitCodes.passed;
  }
  try {
    writeFileSync(options.output, text);
  } catch (error) {
    throw new DrillError('policy-unwritable', `The policy cannot be written: ${(error as Error).message}.`, {
      hint: 'Name a file in a folder that exists and may be written to: --output <file>.',
      cause: error,
    });
  }
  terminal.out(`The policy is in ${options.output}\n`);
  return exitCodes.passed;
}
