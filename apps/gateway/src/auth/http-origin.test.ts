import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpOrigin, type HttpRequest } from './http-origin.ts';

/** In a thread of its own, so that it can close connections while this one sees nothing of it. Answers with the number of the connection. */
const SERVER = `
  const { parentPort, workerData: { done } } = require('node:worker_threads');
  const sockets = [];
  const server = require('node:http').createServer((request, response) => {
    request.resume().on('end', () => response.end(String(sockets.length)));
  });
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => sockets.push(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
  const tell = () => { Atomics.store(done, 0, 1); Atomics.notify(done, 0); };
  parentPort.on('message', (how) => {
    const socket = sockets.at(-1);
    socket.on('close', tell);
    if (how === 'ECONNRESET') socket.resetAndDestroy();
    else socket.end(() => socket.resetAndDestroy());
  });
`;
const done = new Int32Array(new SharedArrayBuffer(4));

let server: Worker;
let origin: HttpOrigin;
beforeEach(async () => {
  done[0] = 0;
  server = new Worker(SERVER, { eval: true, workerData: { done } });
  const [port] = (await once(server, 'message')) as [number];
  origin = new HttpOrigin(`http://127.0.0.1:${port}`);
});
afterEach(() => server.terminate());

async function ask(asked: Omit<HttpRequest, 'signal'>): Promise<string> {
  const response = await origin.send('/', { ...asked, signal: AbortSignal.timeout(10_000) });
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

/** Closes the connection that is kept, and returns before this thread could hear of it. */
async function cut(how: 'ECONNRESET' | 'EPIPE'): Promise<void> {
  await setImmediate();
  server.postMessage(how);
  expect(Atomics.wait(done, 0, 0, 5_000)).not.toBe('timed-out');
}

const POST = { method: 'POST', body: '{}' } as const;

test.each(['ECONNRESET', 'EPIPE'] as const)('a question on a connection that is gone (%s) is put again on another one', async (how) => {
  expect(await ask({ method: 'GET' })).toBe('1');
  await cut(how);
  expect(await ask({ method: 'GET' })).toBe('2');
});

test.each(['ECONNRESET', 'EPIPE'] as const)(
  'what may change something is put once (%s), unless it is said to change nothing',
  async (how) => {
    expect(await ask(POST)).toBe('1');
    await cut(how);
    await expect(ask(POST)).rejects.toMatchObject({ code: how });
    expect(await ask(POST)).toBe('2');
    done[0] = 0;
    await cut(how);
    expect(await ask({ ...POST, isRepeatable: true })).toBe('3');
  },
);
