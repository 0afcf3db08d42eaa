import { createInterface } from 'node:readline/promises';
import { DrillError } from '../errors.ts';
import { laidOut } from '../layout.ts';

/** What is wrong with an answer; nothing, where it will do. */
export interface Asking {
  wrongDay(due: string): string | undefined;
  wrongRunbook(runbook: string): string | undefined;
}

/** Asks at the terminal for what a debrief holds, line by line; an empty line goes on to the next question. */
export async function askForDebrief({ wrongDay, wrongRunbook }: Asking): Promise<unknown> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new AbortController();
  lines.on('close', () => ended.abort());
  const ask = async (question: string): Promise<string> =>
    (await lines.question(laidOut(question, process.stderr.columns), { signal: ended.signal })).trim();
  const many = async <T>(question: string, more: (answer: string) => Promise<T> | T): Promise<T[]> => {
    const all: T[] = [];
    for (;;) {
      const answer = await ask(all.length === 0 ? `${question}: ` : '  and: ');
      if (answer === '') return all;
      all.push(await more(answer));
    }
  };
  const untilFit = async (question: string, wrongIn: (answer: string) => string | undefined): Promise<string> => {
    for (let wrong = '  '; ; ) {
      const answer = await ask(`${wrong}${question}: `);
      const why = wrongIn(answer);
      if (why === undefined) return answer;
      wrong = `  ${why}\n  `;
    }
  };
  const nothing = (answer: string) => (answer === '' ? 'An answer is needed here.' : undefined);
  const asIs = (answer: string) => answer;
  try {
    return {
      participants: await many('Who took part', async (name) => ({
        name,
        role: await untilFit(`role of ${name}`, nothing),
      })),
      well: await many('What went well', asIs),
      badly: await many('What did not', asIs),
      actions: await many('What is to be done', async (action) => ({
        action,
        owner: await untilFit(`who does “${action}”`, nothing),
        due: await untilFit('until which day, as 2026-12-24', wrongDay),
        runbook: (await untilFit('which runbook it changes, if any', wrongRunbook)) || undefined,
      })),
    };
  } catch (cause) {
    if (!ended.signal.aborted) throw cause;
    throw new DrillError('nothing-said', 'The input ended before the last question: nothing was recorded.', {
      hint: 'Begin again, or write it into a file: dr-drill debrief <run> --from <file>.',
      cause,
    });
  } finally {
    lines.close();
  }
}
