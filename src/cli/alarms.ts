import { writeFileSync } from 'node:fs';
import { loadDrill } from '../drill/load.ts';
import { loadSchedule } from '../drill/load-schedule.ts';
import { vocabularyWithoutModules } from '../runbook/vocabulary.ts';
import { withoutSecretsIn } from '../secrets.ts';
import { alarmTemplate } from '../telemetry/alarms.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Writes alarms on the drills of a schedule as a CloudFormation template; AWS is not called. */
export function alarmsCommand(path: string, { output }: { output?: string }, terminal: Terminal): number {
  const { schedule, exercises } = loadSchedule(path);
  const drills = exercises.map(({ drill }) => loadDrill(drill, { vocabulary: vocabularyWithoutModules }).drill.drill);
  const text = `${JSON.stringify(withoutSecretsIn(alarmTemplate(schedule, drills)), null, 2)}\n`;
  if (output === undefined) terminal.asIs(text);
  else {
    writeFileSync(output, text);
    terminal.out(`Written: ${output}\n`);
  }
  return exitCodes.passed;
}
