import { drDrill } from './command.ts';

/** Says at its end what a process has taken. */
const MEASURED = `data:text/javascript,process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write('took ' + JSON.stringify({ kib: maxRSS, ms: (userCPUTime + systemCPUTime) / 1000 }));
})`.replaceAll('\n', '');

/** Runs a command in a process of its own, and tells its largest memory and the time that it worked. */
export async function measured(args: string[]) {
  const { exitCode, err } = await drDrill(args, { node: ['--import', MEASURED] });
  const [said = '', took = '{}'] = err.split('took ');
  const { kib, ms } = JSON.parse(took) as { kib: number; ms: number };
  return { exitCode, said, mib: kib / 1024, ms };
}
