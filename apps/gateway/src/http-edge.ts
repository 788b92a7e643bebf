/** Limits, headers and errors of every route: what stands between the network and the first handler. */

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { answerProblem, type Logger, registerProblems } from '@netstore/service-kit';
import { ERROR_TABLE, NetStoreError } from '@netstore/shared-types';
import fastify, { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { GatewayConfig } from './config.ts';
import type { GatewayApp } from './gateway-app.ts';

/** Of JSON bodies. Uploads stream and are bounded by memory and rate instead. */
const BODY_BYTES_MAX = 1024 * 1024;
const HEADER_BYTES_MAX = 16 * 1024;
const HEADERS_TIMEOUT_MS = 15_000;
/** A connection on which nothing moves in either direction. Uploads and downloads have tighter limits of their own. */
const CONNECTION_IDLE_MS = 120_000;
const KEEP_ALIVE_MS = 65_000;
const CONNECTIONS_MAX = 2_000;
const REQUESTS_PER_CONNECTION_MAX = 10_000;
/** A ticket is one parameter, and so is a path. */
const PARAMETER_CHARACTERS_MAX = HEADER_BYTES_MAX;

export function createHttpEdge(config: GatewayConfig, logger: Logger): GatewayApp {
  const app: GatewayApp = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // URLs hold names of files and tickets: requests are counted in the metrics and never logged.
    logController: new LogController({ disableRequestLogging: true }),
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerParserError,
    bodyLimit: BODY_BYTES_MAX,
    connectionTimeout: CONNECTION_IDLE_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // It would cover the whole body and end slow but honest uploads.
    requestTimeout: 0,
    maxRequestsPerSocket: REQUESTS_PER_CONNECTION_MAX,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, maxHeaderSize: HEADER_BYTES_MAX },
    routerOptions: { maxParamLength: PARAMETER_CHARACTERS_MAX },
    requestIdHeader: false,
    genReqId: () => crypto.randomUUID(),
    forceCloseConnections: 'idle',
    trustProxy: config.trustedProxies.length === 0 ? false : [...config.trustedProxies],
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.server.maxConnections = CONNECTIONS_MAX;
  app.decorateRequest('principal', null);
  app.decorateRequest('space', null);
  app.decorateRequest('filePath', null);
  app.decorateRequest('share', null);
  // JSON is the only kind of body that is parsed; fastify would take plain text, too.
  app.removeContentTypeParser('text/plain');
  registerProblems(app);
  askForBodiesLate(app);
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('x-request-id', request.id);
    if (!reply.hasHeader('referrer-policy')) reply.header('referrer-policy', 'no-referrer');
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  return app;
}

/** A client that asks whether to send its body gets the answer after it was let in, not before. */
function askForBodiesLate(app: GatewayApp): void {
  app.server.on('checkContinue', (request, response) => app.server.emit('request', request, response));
  app.addHook('preParsing', async (request, reply) => {
    if (request.headers.expect !== undefined) reply.raw.writeContinue();
  });
}

/** What is no HTTP never becomes a request: the answer is written to the socket itself. */
function answerParserError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const code = isSlow ? 'NS_BODY_TIMEOUT' : 'NS_BAD_REQUEST';
  const { status, meaning } = ERROR_TABLE[code];
  const detail =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? `Header fields are too long: at most ${HEADER_BYTES_MAX} bytes in all`
      : 'This is not a valid HTTP request';
  const body = JSON.stringify({ type: 'about:blank', title: meaning, status, detail, code, requestId: crypto.randomUUID() });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** URLs that cannot be decoded never reach a route: their paths are bad. */
function answerFrameworkError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const isBadUrl = 'code' in error && error.code === 'FST_ERR_BAD_URL';
  const reason = isBadUrl
    ? new NetStoreError('NS_BAD_PATH', 'Path is not allowed: its percent-encoding is not UTF-8', { cause: error })
    : error;
  answerProblem(reason, request, reply);
}
