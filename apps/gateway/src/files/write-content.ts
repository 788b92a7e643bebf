/**
 * Writes pieces of content to a response, one at a time, each only after the one before has left for the operating system: so the
 * memory of a piece may be used again when the next one is asked for. A failure destroys the connection, because the client was
 * told how many bytes to expect.
 */
import type { ServerResponse } from 'node:http';

/** A client that takes nothing for so long has gone, whatever its connection says. */
const WRITE_IDLE_MS = 60_000;

export interface Content {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The first piece has been asked for already, so that a failure before it is still an ordinary answer. */
  readonly first: IteratorResult<Uint8Array>;
  /** The pieces after it. Each may be read until the next one is asked for. */
  readonly rest: AsyncGenerator<Uint8Array>;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

/** Resolves when all was written. Throws when it was not, and then the connection is gone. */
export async function writeContent(response: ServerResponse, { status, headers, first, rest, signal }: Content): Promise<void> {
  response.setTimeout(WRITE_IDLE_MS, () => response.destroy());
  try {
    response.writeHead(status, headers);
    for (let next = first; !next.done; next = await rest.next()) await write(response, next.value, signal);
    response.end();
  } catch (error) {
    response.destroy();
    throw error;
  } finally {
    await rest.return(undefined);
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
