import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import type { Reply } from '../exchange.ts';
import { type Protocol, REQUEST_ID } from './protocol.ts';

/** What `@aws-sdk/core` takes for a schema of a structure. */
export const structure = (name: string, members: [name: string, schema: unknown][], traits: object | 0 = 0) =>
  [3, 'dr-drill', name, traits, members.map(([own]) => own), members.map(([, schema]) => schema)] as never;

const STRING = 0;
const errorResponse = structure('ErrorResponse', [
  [
    'Error',
    structure('Error', [
      ['Type', STRING],
      ['Code', STRING],
      ['Message', STRING],
    ]),
  ],
  ['RequestId', STRING],
]);

/** An error as both protocols in XML have it. */
export const refuseInXml: Protocol['refuse'] = ({ code, message, status, type }, { served, requestId }) =>
  xmlReply(
    errorResponse,
    { Error: { Type: type, Code: code, Message: message }, RequestId: requestId },
    {
      status,
      requestId,
      // Where the service is unknown, so is the name space.
      namespace: served?.settings.xmlNamespace ?? 'http://webservices.amazon.com/AWSFault/2005-15-09',
    },
  );

interface Around {
  status: number;
  requestId: string;
  namespace: string;
  httpBindings?: boolean;
}

/** A value of a schema as a document in XML; the root element has the schema's name. */
export function xmlReply(schema: unknown, value: object, around: Around): Reply {
  const serializer = new XmlShapeSerializer({
    timestampFormat: { useTrait: true, default: 5 },
    httpBindings: around.httpBindings ?? false,
    xmlNamespace: around.namespace,
    serviceNamespace: '',
  });
  serializer.write(schema as never, value);
  return {
    status: around.status,
    headers: { 'Content-Type': 'text/xml', [REQUEST_ID]: around.requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${serializer.flush()}`,
  };
}
