/** Opens a connection to another service of the cluster and proves both sides to each other. */
import { connect, type Socket } from 'node:net';
import { NetStoreError } from '@netstore/shared-types';
import type { Channel } from '@netstore/wire-protocol';
import { Connection } from './connection.ts';
import { FrameSocket } from './frame-socket.ts';
import { type ClientIdentification, type Expectation, HANDSHAKE_TIMEOUT_MS, shakeHandsAsClient } from './handshake.ts';
import { SOCKET_OPTIONS } from './socket-options.ts';
import { toTransportError } from './transport-error.ts';
import { waitFor } from './wait-for.ts';

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  /** The cluster key, 32 bytes. */
  readonly key: Buffer;
  readonly self: ClientIdentification;
  /** What the other side must prove to be; its cluster must in any case not differ from that of `self`. */
  readonly expect?: Expectation;
  readonly channel: Channel;
  /** For all of it; the handshake has 5 s at most. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Throws `NS_UNAVAILABLE` when nobody answers there, `NS_DEADLINE_EXCEEDED`, and what one of the sides refused:
 * `NS_WRONG_CLUSTER_KEY`, `NS_WRONG_CLUSTER`, `NS_WRONG_NODE`, `NS_VERSION_UNSUPPORTED`, `NS_MESSAGE_UNEXPECTED` (role and channel).
 */
export async function connectTo(options: ConnectOptions): Promise<Connection> {
  const { key, self, expect, channel, timeoutMs, signal } = options;
  const startedAt = performance.now();
  const socket = new FrameSocket(await openSocket(options));
  const remainingMs = Math.max(1, timeoutMs - (performance.now() - startedAt));
  const handshake = { key, self, expect, channel, signal, timeoutMs: Math.min(remainingMs, HANDSHAKE_TIMEOUT_MS) };
  const peer = await shakeHandsAsClient(socket, handshake);
  return new Connection({ socket, peer, side: 'client', clientRole: self.role });
}

function openSocket({ host, port, timeoutMs, signal }: ConnectOptions): Promise<Socket> {
  const doing = `Connecting to ${host}:${port}`;
  const onTimeout = (): NetStoreError => new NetStoreError('NS_DEADLINE_EXCEEDED', `${doing} took longer than ${timeoutMs} ms`);
  return waitFor<Socket>({ timeoutMs, doing, onTimeout, signal }, ({ resolve, reject }) => {
    let isOpen = false;
    const socket = connect({ host, port, ...SOCKET_OPTIONS });
    socket.once('connect', () => {
      isOpen = true;
      resolve(socket);
    });
    socket.once('error', (error) => reject(toTransportError(error, doing)));
    return () => {
      if (!isOpen) socket.destroy();
    };
  });
}
