import { DrillError } from '../errors.ts';

/** Does something with what a journal says, which may come from elsewhere and say anything. Fails with `journal-strange` where it makes no sense. */
export async function sensible<T>(journalPath: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof DrillError) throw cause;
    throw new DrillError(
      'journal-strange',
      `${journalPath} contains something that dr-drill does not write (${(cause as Error).message.split('\n')[0]}).`,
      {
        hint: 'Use an unchanged copy. If it was never changed, please report a defect with this journal.',
        cause,
      },
    );
  }
}
