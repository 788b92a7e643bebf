/**
 * The other end of the loopback measurements, in a thread of its own, so that sender and receiver do not share one event loop. The first byte of a
 * connection says what it is for: `s` streams until the other side hangs up, `e` sends back what arrives.
 */
import { createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { parentPort } from 'node:worker_threads';

const BLOCK = Buffer.alloc(256 * 1024, 7);

function* endlessBlocks(): Generator<Buffer> {
  for (;;) yield BLOCK;
}

async function serve(socket: Socket): Promise<void> {
  socket.setNoDelay(true);
  const first = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  socket.pause();
  socket.unshift(first.subarray(1));
  if (first[0] === 's'.charCodeAt(0)) await pipeline(endlessBlocks(), socket);
  else await pipeline(socket, socket);
}

const server = createServer((socket) => {
  // Hanging up is how the other side says that it has enough.
  serve(socket).catch(() => socket.destroy());
});
server.listen(0, '127.0.0.1', () => parentPort?.postMessage(server.address()));
