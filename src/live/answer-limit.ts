/** No answer that a drill asks for is larger: anyone who sends more is cut off there. */
export const ANSWER_MOST_BYTES = 64 * 1024 * 1024;

/** Says only that a look failed: it is repeated until its step's deadline. */
export const answerTooLarge = (who: string): Error =>
  Object.assign(new Error(`${who} sends more than ${ANSWER_MOST_BYTES / 1024 / 1024} MiB as one answer.`), {
    name: 'Unreadable',
  });

interface Socket {
  readonly bytesRead: number;
  on(event: 'data', listener: () => void): unknown;
  off(event: 'data', listener: () => void): unknown;
  destroy(error: Error): unknown;
}

/** Ends a connection that sends more than one answer may hold; gives the way to stop watching. */
export function watchAnswer(socket: Socket, who: string): () => void {
  const before = socket.bytesRead;
  const look = () => {
    if (socket.bytesRead - before > ANSWER_MOST_BYTES) socket.destroy(answerTooLarge(who));
  };
  socket.on('data', look);
  return () => socket.off('data', look);
}
