import type { Protocol } from './protocol.ts';
import { answerInXml, readXml } from './rest-xml.ts';
import { addressOf, operationOf, unframed } from './s3-request.ts';
import { structure, xmlReply } from './xml-error.ts';

const STRING = 0;
const error = structure('Error', [
  ['Code', STRING],
  ['Message', STRING],
  ['RequestId', STRING],
  ['HostId', STRING],
]);

/** restXml as S3 speaks it: with the bucket in the host or the path, streams of bytes, and errors of its own form. */
export const s3: Protocol = {
  errorForm: 's3',
  operationName: (request, served) => operationOf(request, served)?.name,
  read: (request, operation) => readXml(unframed(request), operation, addressOf(request)),
  answer(output, reply) {
    const { requestId } = reply;
    const { status, headers, body } = answerInXml(output, reply);
    return {
      status: 'Content-Range' in headers ? 206 : status,
      headers: { ...headers, ...ids(requestId) },
      body: reply.operation.name === 'GetBucketLocation' ? unwrapped(String(body)) : body,
    };
  },
  refuse({ code, message, status }, { request, requestId }) {
    const value = { Code: code, Message: message, RequestId: requestId, HostId: HOST_ID };
    const { headers, body } = xmlReply(error, value, { status, requestId, namespace: '' });
    const silent = request.method === 'HEAD' || status === 304;
    return { status, headers: { ...headers, ...ids(requestId) }, body: silent ? '' : body };
  },
};

const HOST_ID = 'c2ltdWxhdGVk';
const ids = (requestId: string) => ({ 'x-amz-request-id': requestId, 'x-amz-id-2': HOST_ID });

/** The one answer whose root element is its only value. */
const unwrapped = (xml: string): string =>
  xml
    .replace('<LocationConstraint>', '')
    .replace('</LocationConstraint></LocationConstraint>', '</LocationConstraint>');
