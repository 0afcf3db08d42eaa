import type { Operation, ServedService } from '../catalogue.ts';
import type { Received, Reply } from '../exchange.ts';
import type { Fault } from '../fault.ts';
import type { ErrorForm } from '../refusal.ts';

/** The server's side of one of AWS's protocols. */
export interface Protocol {
  errorForm: ErrorForm;
  /** The operation that a request names, known or not. */
  operationName(request: Received, served: ServedService | undefined): string | undefined;
  read(request: Received, operation: Operation, served: ServedService): object | Promise<object>;
  answer(output: object, reply: ReplyTo): Reply;
  refuse(fault: Fault, refused: Omit<ReplyTo, 'operation' | 'served'> & { served: ServedService | undefined }): Reply;
}

/** What a reply is to. */
export interface ReplyTo {
  request: Received;
  served: ServedService;
  operation: Operation;
  requestId: string;
}

export const REQUEST_ID = 'x-amzn-RequestId';
