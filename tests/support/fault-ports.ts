/** Ports for processes that are killed and started again: a port of the range that the system hands out could be taken by any connection meanwhile. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what Linux hands out by itself (32768 and up). */
const FIRST = 20_000;
const LAST = 32_000;
const ATTEMPTS = 200;

/** Loopback ports that were free a moment ago, all different. */
export async function quietPorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let attempt = 0; ports.size < count; attempt += 1) {
    if (attempt >= ATTEMPTS) throw new Error(`Too few free ports between ${FIRST} and ${LAST}`);
    const port = randomInt(FIRST, LAST);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    await once(server.close(), 'close');
    return true;
  } catch {
    return false;
  }
}
