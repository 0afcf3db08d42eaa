/** So long may one server say nothing before the next is asked, too. */
const SILENT_MS = 500;
/** So long is waited for the others once one server has answered. */
const OTHERS_MS = 1_000;

type Ask<T> = (server: string, signal: AbortSignal) => Promise<T>;

/** That there is no such name is an answer, too. */
const isAnswer = (error: unknown): boolean => ['NotFound', 'NoAddress'].includes((error as Error).name);

/**
 * Asks servers in turn: the next as soon as one fails, or says nothing for half a second. Gives the first answer, and whose it is;
 * `answer` throws where that was a no. Rejects as the last server did where none answered.
 */
export async function firstThatAnswers<T>(
  servers: readonly string[],
  ask: Ask<T>,
  signal: AbortSignal,
): Promise<{ server: string; answer: () => T }> {
  const done = new AbortController();
  const ends = AbortSignal.any([signal, done.signal]);
  let turn: Promise<unknown> = Promise.resolve();
  const each = servers.map((server) => {
    const began = turn;
    const asked = began
      .then(() => ask(server, ends))
      .then(
        (value) => ({ server, answer: () => value }),
        (error) => {
          if (!isAnswer(error)) throw error;
          const refuse = (): T => {
            throw error;
          };
          return { server, answer: refuse };
        },
      );
    turn = began.then(() => Promise.race([after(SILENT_MS), asked.catch(() => {})]));
    return asked;
  });
  try {
    return await Promise.any(each);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors.at(-1) : error;
  } finally {
    done.abort();
  }
}

/** What all servers answer, but for those that have said nothing a second after the first. Rejects where none has an answer to give. */
export async function allThatAnswer<T>(servers: readonly string[], ask: Ask<T>, signal: AbortSignal): Promise<T[]> {
  const done = new AbortController();
  const ends = AbortSignal.any([signal, done.signal]);
  const answers: T[] = [];
  let no: unknown;
  const each = servers.map((server) =>
    ask(server, ends).then(
      (value) => void answers.push(value),
      (error) => {
        if (!isAnswer(error)) throw error;
        no ??= error;
      },
    ),
  );
  try {
    await Promise.any(each);
    await Promise.race([Promise.allSettled(each), aMomentLater()]);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors.at(-1) : error;
  } finally {
    done.abort();
  }
  if (answers.length === 0) throw no;
  return answers;
}

/** So long is waited for what is missing once something was answered. */
export const aMomentLater = (): Promise<void> => after(OTHERS_MS);

const after = (ms: number): Promise<void> =>
  new Promise((resolve) => AbortSignal.timeout(ms).addEventListener('abort', () => resolve(), { once: true }));
