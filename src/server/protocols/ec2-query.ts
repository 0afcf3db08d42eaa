import type { NormalizedSchema } from '@smithy/core/schema';
import type { Protocol } from './protocol.ts';
import { query } from './query.ts';
import { structure, xmlReply } from './xml-error.ts';

const STRING = 0;
const errorResponse = structure('Response', [
  [
    'Errors',
    structure('Errors', [
      [
        'Error',
        structure('Error', [
          ['Code', STRING],
          ['Message', STRING],
        ]),
      ],
    ]),
  ],
  ['RequestID', STRING],
]);

/** ec2Query: as awsQuery, but the answer has no result of its own within, and an error is in a list. */
export const ec2Query: Protocol = {
  ...query,
  answer(output, { operation, served, requestId }) {
    const members = [...operation.output.structIterator()].map(
      ([name, member]: [string, NormalizedSchema]): [string, unknown] => [
        name,
        [member.getSchema(), member.getMergedTraits()],
      ],
    );
    const schema = structure(`${operation.name}Response`, [['requestId', STRING], ...members]);
    const namespace = served.settings.xmlNamespace ?? '';
    return xmlReply(schema, { requestId, ...output }, { status: 200, requestId, namespace });
  },
  refuse: ({ code, message, status }, { served, requestId }) =>
    xmlReply(
      errorResponse,
      { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId },
      { status, requestId, namespace: served?.settings.xmlNamespace ?? '' },
    ),
};
