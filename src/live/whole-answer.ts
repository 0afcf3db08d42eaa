import type { Service } from '../aws/aws.ts';
import { unreadable } from './sdk-errors.ts';

/** More than any answer that a drill asks for. */
const BODY_MAX = 64 * 1024 * 1024;

interface Answered {
  response?: { statusCode?: number; headers?: Record<string, string>; body?: unknown };
}

/**
 * Middleware that reads a whole answer before the SDK does, and refuses one that cannot be AWS's: the SDK takes a web page or an empty
 * body for an answer in which nothing is set. Rejects with `Unreadable`.
 */
export const wholeAnswer =
  (service: Service, region: string) =>
  (next: (args: object) => Promise<Answered>, { commandName = '' }: { commandName?: string }) =>
  async (args: object): Promise<Answered> => {
    const result = await next(args);
    const { response } = result;
    const isGood = (response?.statusCode ?? 500) < 300;
    // Their answers may have no body, or one that is the user's own and is read as a stream.
    if (!response || service === 's3' || service === 'lambda') return result;
    const body = await wholeBody(response.body, () =>
      unreadable({ service, region, operation: commandName.replace(/Command$/, '') }, response.statusCode),
    );
    response.body = body;
    if (isGood && !isOfAws(body)) {
      throw unreadable({ service, region, operation: commandName.replace(/Command$/, '') }, response.statusCode);
    }
    return result;
  };

async function wholeBody(body: unknown, tooLarge: () => Error): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    // Leaving the loop ends the connection.
    if (length > BODY_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** XML, JSON or CBOR, and no web page; that it is whole the SDK sees for itself. */
function isOfAws(body: Uint8Array): boolean {
  const beginning = Buffer.from(body.subarray(0, 512)).toString('utf8').trimStart();
  return beginning !== '' && !/^(<!doctype|<html)/i.test(beginning);
}
