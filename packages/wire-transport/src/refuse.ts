/** Tells a peer why this side will not go on, and closes so that it gets to read it. */
import { type NetStoreError, toNetStoreError } from '@netstore/shared-types';
import { encodeMessage, FAILURE_TEXT_BYTES_MAX, type MessageBody } from '@netstore/wire-protocol';
import type { FrameSocket } from './frame-socket.ts';

/** Returns the error for the caller to throw. Does nothing to a connection that has ended already. */
export function refuse(socket: FrameSocket, error: unknown): NetStoreError {
  const reason = toNetStoreError(error);
  socket.endGently(reason, encodeMessage('FAILURE', failureOf(reason)));
  return reason;
}

/** What the sender of a failure knows besides the error. */
export interface FailureContext {
  readonly epoch?: number | null | undefined;
  readonly primary?: MessageBody<'FAILURE'>['primary'] | undefined;
}

export function failureOf({ code, message }: NetStoreError, { epoch, primary }: FailureContext = {}): MessageBody<'FAILURE'> {
  return { code, message: truncateUtf8(message, FAILURE_TEXT_BYTES_MAX), epoch: epoch ?? null, primary: primary ?? null };
}

function truncateUtf8(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytesMax));
  return text.slice(0, read);
}
