/** HTTP as bytes on a socket, for requests that no client library would send. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const ANSWER_WITHIN_MS = 10_000;

export interface RawAnswer {
  readonly status: number;
  /** Head and body as they came. */
  readonly text: string;
  readonly body: Buffer;
  /** The other side ended the connection before this side did. */
  readonly isClosed: boolean;
}

export async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  return socket;
}

/** Sends `head` lines and `body` as they are and reads one whole answer. */
export async function rawRequest(url: string, head: readonly string[], body: string | Buffer = ''): Promise<RawAnswer> {
  const socket = await openSocket(url);
  socket.on('error', () => undefined);
  socket.write(`${[...head, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  if (body.length > 0) socket.write(body);
  return readAnswer(socket);
}

/** Until the connection ends. */
export async function readAnswer(socket: Socket): Promise<RawAnswer> {
  const parts: Buffer[] = [];
  let isClosed = true;
  const timer = setTimeout(() => {
    isClosed = false;
    socket.destroy();
  }, ANSWER_WITHIN_MS);
  socket.on('data', (bytes: Buffer) => parts.push(bytes));
  socket.on('error', () => undefined);
  if (!socket.closed) await once(socket, 'close');
  clearTimeout(timer);
  const bytes = Buffer.concat(parts);
  const text = bytes.toString('latin1');
  const bodyAt = text.indexOf('\r\n\r\n') + 4;
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text, body: bytes.subarray(bodyAt), isClosed };
}
