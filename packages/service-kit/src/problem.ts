/**
 * Turns every error of a fastify app into one `application/problem+json` answer (RFC 9457) with a stable code, and logs it
 * once. Messages of defects stay in the log: the answer carries the request id that finds them.
 */
import { ERROR_TABLE, type ErrorCode, NetStoreError, toNetStoreError } from '@netstore/shared-types';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';

/** A fastify app as this package takes it: with any logger and any type provider. */
export type App<Log extends FastifyBaseLogger, Types extends FastifyTypeProvider> = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  Log,
  Types
>;

/** Codes of fastify and its parts that mean more than their status says. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'NS_BODY_LENGTH_MISMATCH',
  FST_ERR_CTP_BODY_TOO_LARGE: 'NS_BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'NS_UNSUPPORTED_MEDIA_TYPE',
};
const STATUS_CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'NS_UNAUTHENTICATED',
  403: 'NS_FORBIDDEN',
  404: 'NS_NOT_FOUND',
  405: 'NS_METHOD_NOT_ALLOWED',
  408: 'NS_BODY_TIMEOUT',
  412: 'NS_PRECONDITION_FAILED',
  413: 'NS_BODY_TOO_LARGE',
  415: 'NS_UNSUPPORTED_MEDIA_TYPE',
  416: 'NS_RANGE_NOT_SATISFIABLE',
  429: 'NS_TOO_MANY_ATTEMPTS',
};

/** Call before routes are added, so that every route answers its errors this way. */
export function registerProblems<Log extends FastifyBaseLogger, Types extends FastifyTypeProvider>(app: App<Log, Types>): void {
  app.setErrorHandler((thrown, request, reply) => answerProblem(thrown, request, reply));
  app.setNotFoundHandler((request, reply) => {
    return answerProblem(new NetStoreError('NS_NOT_FOUND', ERROR_TABLE.NS_NOT_FOUND.meaning), request, reply);
  });
}

/**
 * Answers one request with what was thrown. Give it to `fastify({ frameworkErrors })` as well: URLs that cannot be decoded or
 * routed never reach the error handler of an app.
 */
export function answerProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = translate(thrown);
  logProblem(request, error);
  // A response that has begun cannot become a problem document; its route destroys the stream.
  if (!reply.sent) sendProblem(request, reply, error);
}

function translate(thrown: unknown): NetStoreError {
  if (thrown instanceof NetStoreError || !(thrown instanceof Error)) return toNetStoreError(thrown);
  if ('validation' in thrown)
    return new NetStoreError('NS_BAD_REQUEST', thrown.message, {
      cause: thrown,
    });
  const byCode = 'code' in thrown ? FASTIFY_CODES[String(thrown.code)] : undefined;
  const status = 'statusCode' in thrown ? Number(thrown.statusCode) : 500;
  if (byCode === undefined && (status < 400 || status >= 500)) return toNetStoreError(thrown);
  return new NetStoreError(byCode ?? STATUS_CODES[status] ?? 'NS_BAD_REQUEST', thrown.message, { cause: thrown });
}

function logProblem(request: FastifyRequest, error: NetStoreError): void {
  if (error.status === 500) request.log.error({ err: error, code: error.code }, 'request failed');
  else request.log.debug({ code: error.code, detail: error.message }, 'request refused');
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, error: NetStoreError): void {
  const { status, meaning } = ERROR_TABLE[error.code];
  const retryAfterSeconds = error.details.retryAfterSeconds;
  if (typeof retryAfterSeconds === 'number') reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds))));
  if (error.code === 'NS_UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer');
  // Serialized here, so that a route's own response schema cannot cut fields off.
  const body = JSON.stringify({
    type: 'about:blank',
    title: meaning,
    status,
    detail: status === 500 ? meaning : error.message,
    code: error.code,
    requestId: request.id,
  });
  reply.code(status).header('cache-control', 'no-store').type('application/problem+json').send(body);
}
