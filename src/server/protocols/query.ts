import { type Received, textOf } from '../exchange.ts';
import { readForm } from '../query-form.ts';
import type { Protocol } from './protocol.ts';
import { refuseInXml, structure, xmlReply } from './xml-error.ts';

const STRING = 0;
const metadata = structure('ResponseMetadata', [['RequestId', STRING]]);

/** awsQuery: a form goes in, with its `Action`, and XML comes out. RDS, STS and IAM speak it. */
export const query: Protocol = {
  errorForm: 'query',
  operationName: (request) => formOf(request).get('Action') ?? undefined,
  read: (request, { input }) => readForm(input, formOf(request)),
  answer(output, { operation, served, requestId }) {
    const result = `${operation.name}Result`;
    const schema = structure(`${operation.name}Response`, [
      ...(operation.output.isUnitSchema() ? [] : ([[result, operation.output.getSchema()]] as [string, unknown][])),
      ['ResponseMetadata', metadata],
    ]);
    const value = { [result]: output, ResponseMetadata: { RequestId: requestId } };
    return xmlReply(schema, value, { status: 200, requestId, namespace: served.settings.xmlNamespace ?? '' });
  },
  refuse: refuseInXml,
};

/** A presigned URL has everything in its query. */
const formOf = ({ query, body }: Received): URLSearchParams =>
  new URLSearchParams([...query, ...new URLSearchParams(textOf(body))]);
