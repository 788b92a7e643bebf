/**
 * Writes to a socket under back-pressure. Never more than `WRITE_SLICE_BYTES` go to the socket before its answer is
 * heeded, so that a frame of any length is held up by a slow peer and not by memory.
 */
import type { Socket } from 'node:net';
import { NetStoreError } from '@netstore/shared-types';
import { toTransportError } from './transport-error.ts';
import { waitFor } from './wait-for.ts';

/** What is handed to the socket at once; also how much of it the peer must take within the deadline. */
export const WRITE_SLICE_BYTES = 256 * 1024;

export interface WriteOptions {
  /** How long the socket may take none of what it was given. */
  readonly progressTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resolves when the socket has taken all parts and wants more. Throws `NS_CONNECTION_LOST` when it closes before that and
 * `NS_DEADLINE_EXCEEDED` when it stands still; what was written by then is unknown, so the socket is of no use any more.
 */
export async function writeFully(socket: Socket, parts: readonly Uint8Array[], options: WriteOptions): Promise<void> {
  for (const slice of slicesOf(parts)) {
    if (!writeTogether(socket, slice)) await untilDrained(socket, options);
  }
}

/** The common case, several small parts, is one slice. */
function* slicesOf(parts: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  if (total <= WRITE_SLICE_BYTES) {
    yield parts;
    return;
  }
  for (const part of parts) {
    for (let at = 0; at < part.length; at += WRITE_SLICE_BYTES) yield [part.subarray(at, at + WRITE_SLICE_BYTES)];
  }
}

/** One system call for all parts, without joining them. */
function writeTogether(socket: Socket, parts: readonly Uint8Array[]): boolean {
  if (!socket.writable) throw new NetStoreError('NS_CONNECTION_LOST', 'Connection is closed: nothing more can be written');
  socket.cork();
  for (const part of parts) socket.write(part);
  socket.uncork();
  // The answer of the last `write()`, or of any before it: `drain` comes once for all of them.
  return !socket.writableNeedDrain;
}

function untilDrained(socket: Socket, { progressTimeoutMs, signal }: WriteOptions): Promise<void> {
  const onTimeout = (): NetStoreError =>
    new NetStoreError('NS_DEADLINE_EXCEEDED', `Peer took nothing for ${progressTimeoutMs} ms: ${socket.writableLength} bytes are waiting`);
  return waitFor<void>({ timeoutMs: progressTimeoutMs, doing: 'Writing', onTimeout, signal }, ({ resolve, reject }) => {
    const onDrain = (): void => resolve();
    const onClose = (): void => reject(toTransportError(socket.errored ?? new Error('the connection was closed'), 'Writing'));
    socket.once('drain', onDrain);
    socket.once('close', onClose);
    if (socket.destroyed) onClose();
    return () => {
      socket.off('drain', onDrain);
      socket.off('close', onClose);
    };
  });
}
