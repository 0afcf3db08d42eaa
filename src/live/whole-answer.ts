import type { Readable } from 'node:stream';
import type { Service } from '../aws/aws.ts';
import type { Clock } from '../clock/clock.ts';
import { unreadable } from './sdk-errors.ts';
import { wholeBody } from './whole-body.ts';

interface Answered {
  response?: { statusCode?: number; headers?: Record<string, string>; body?: unknown };
}

/**
 * Middleware that reads a whole answer before the SDK does, and refuses one that is too large or cannot be AWS's: the SDK takes a web page or an
 * empty body for an answer in which nothing is set. Rejects with `Unreadable`.
 */
export const wholeAnswer =
  (service: Service, region: string, { clock, stallMs }: { clock: Clock; stallMs: number }) =>
  (next: (args: object) => Promise<Answered>, { commandName = '' }: { commandName?: string }) =>
  async (args: object): Promise<Answered> => {
    const result = await next(args);
    const { response } = result;
    const operation = commandName.replace(/Command$/, '');
    if (!response) return result;
    // The body of an object is the user's own, and read as one.
    if (operation === 'GetObject') return result;
    const who = `${service} ${operation} in ${region}`;
    const body = await wholeBody((response.body ?? new Uint8Array()) as Readable, who, { clock, stallMs });
    response.body = body;
    const isGood = (response.statusCode ?? 500) < 300;
    // S3 answers much without a body, and Lambda with what the function gave.
    const isRight = service === 'lambda' || (service === 's3' && body.length === 0) || isOfAws(body);
    if (isGood && !isRight) throw unreadable({ service, region, operation }, response.statusCode);
    return result;
  };

/** XML, JSON or CBOR, and no web page; that it is whole the SDK sees for itself. */
function isOfAws(body: Uint8Array): boolean {
  const beginning = Buffer.from(body.subarray(0, 512)).toString('utf8').trimStart();
  return beginning !== '' && !/^(<!doctype|<html)/i.test(beginning);
}
