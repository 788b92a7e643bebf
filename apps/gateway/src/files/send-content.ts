/**
 * Writes pieces of content to a response, one at a time, each only after the one before has left for the operating system: so the
 * memory of a piece may be used again when the next one is asked for. A failure destroys the connection, because the client was
 * told how many bytes to expect; a failure before the first piece is still an ordinary answer.
 */
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/** A client that takes nothing for so long has gone, whatever its connection says. */
const WRITE_IDLE_MS = 60_000;

export interface Content {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A piece may be read until the next one is asked for. */
  readonly pieces: AsyncGenerator<Uint8Array>;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

/** Resolves when all was written or the connection was destroyed. */
export async function sendContent(reply: FastifyReply, { status, headers, pieces, signal }: Content): Promise<void> {
  const first = await pieces.next();
  reply.hijack();
  const response = reply.raw;
  response.setTimeout(WRITE_IDLE_MS, () => response.destroy());
  try {
    response.writeHead(status, { ...headers, 'x-request-id': reply.request.id });
    for (let next = first; !next.done; next = await pieces.next()) await write(response, next.value, signal);
    response.end();
  } catch (error) {
    response.destroy();
    if (!signal.aborted) reply.request.log.error({ err: error }, 'response broken off');
  } finally {
    await pieces.return(undefined);
  }
}

/** Resolves when the bytes were handed to the operating system. */
async function write(response: ServerResponse, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  response.write(bytes, (error) => (error == null ? resolve() : reject(error)));
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
