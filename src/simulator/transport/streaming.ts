import { Readable } from 'node:stream';

/**
 * An output whose body is a stream, as the SDK's clients give it. To read it takes no turn of the event loop, as virtual time
 * would rush past meanwhile.
 */
export function streaming<T extends object>(output: T | undefined): T | undefined {
  if (!output || !('Body' in output) || !(output.Body instanceof Uint8Array)) return output;
  const bytes = output.Body;
  const Body = Object.assign(Readable.from([bytes]), {
    transformToByteArray: async () => bytes,
    transformToString: async (encoding: BufferEncoding = 'utf8') => Buffer.from(bytes).toString(encoding),
    transformToWebStream: () => Readable.toWeb(Readable.from([bytes])),
  });
  return { ...output, Body };
}
