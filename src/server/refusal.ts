/** Why a request is refused before the simulated service sees it. */
export type RefusalKind =
  | 'unsigned'
  | 'malformed-signature'
  | 'stale-signature'
  | 'stale-url'
  | 'expired-credentials'
  | 'denied'
  | 'unknown-operation'
  | 'throttled'
  | 'unreadable'
  | 'missing-parameter'
  | 'wrong-parameter'
  | 'fault';

/** Refused by the door, not by the service: each protocol has its own name for it. */
export class Refusal extends Error {
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

type Named = [code: string, status: number];

/** How a protocol tells errors: in the XML of queries, in XML by HTTP's own means, in S3's own XML, or as JSON and CBOR do. */
export type ErrorForm = 'query' | 'rest-xml' | 's3' | 'json';

/** Codes and HTTP statuses; REST in XML has those of queries unless it has its own. */
const names: Record<RefusalKind, { query: Named; 'rest-xml'?: Named; s3: Named; json: Named }> = {
  unsigned: {
    query: ['MissingAuthenticationToken', 403],
    s3: ['AccessDenied', 403],
    json: ['MissingAuthenticationTokenException', 403],
  },
  'malformed-signature': {
    query: ['IncompleteSignature', 403],
    s3: ['AuthorizationHeaderMalformed', 400],
    json: ['IncompleteSignatureException', 403],
  },
  'stale-signature': {
    query: ['SignatureDoesNotMatch', 403],
    s3: ['RequestTimeTooSkewed', 403],
    json: ['InvalidSignatureException', 403],
  },
  'stale-url': { query: ['RequestExpired', 400], s3: ['AccessDenied', 403], json: ['RequestExpired', 400] },
  'expired-credentials': {
    query: ['ExpiredToken', 403],
    s3: ['ExpiredToken', 400],
    json: ['ExpiredTokenException', 403],
  },
  denied: { query: ['AccessDenied', 403], s3: ['AccessDenied', 403], json: ['AccessDeniedException', 403] },
  'unknown-operation': {
    query: ['InvalidAction', 400],
    'rest-xml': ['UnknownOperationException', 404],
    s3: ['MethodNotAllowed', 405],
    json: ['UnknownOperationException', 404],
  },
  throttled: { query: ['Throttling', 400], s3: ['SlowDown', 503], json: ['ThrottlingException', 400] },
  unreadable: { query: ['MalformedInput', 400], s3: ['MalformedXML', 400], json: ['SerializationException', 400] },
  'missing-parameter': {
    query: ['MissingParameter', 400],
    s3: ['InvalidArgument', 400],
    json: ['ValidationException', 400],
  },
  'wrong-parameter': {
    query: ['InvalidParameterValue', 400],
    s3: ['InvalidArgument', 400],
    json: ['SerializationException', 400],
  },
  fault: { query: ['InternalFailure', 500], s3: ['InternalError', 500], json: ['InternalFailure', 500] },
};

export const nameOf = ({ kind }: Refusal, form: ErrorForm): Named => names[kind][form] ?? names[kind].query;
