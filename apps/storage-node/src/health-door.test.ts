import { createServer } from 'node:net';
import { createMetrics } from '@netstore/service-kit';
import type { Status } from '@netstore/wire-protocol';
import { expect, test } from 'vitest';
import { HealthDoor } from './health-door.ts';

const HOST = '127.0.0.1';

test('answers before there is a node to ask, says what it waits for, then what the node says, and is closed first', async () => {
  const port = await freePort();
  await using door = await HealthDoor.open(createMetrics({ service: 'test' }), { host: HOST, port });
  const get = async (path: string): Promise<{ code: number; text: string }> => {
    const answer = await fetch(`http://${HOST}:${port}${path}`);
    return { code: answer.status, text: await answer.text() };
  };
  expect((await get('/livez')).code).toBe(200);
  expect(await get('/readyz')).toMatchObject({ code: 503, text: expect.stringContaining('opens what is on its disk') });
  let waitsFor: string | null = null;
  door.waitsFor = () => waitsFor;
  expect((await get('/readyz')).text).toContain('opens what is on its disk');
  waitsFor = 'It waits for a copy.';
  expect(await get('/readyz')).toMatchObject({ code: 503, text: expect.stringContaining('It waits for a copy.') });
  expect(await get('/metrics')).toMatchObject({ code: 200, text: expect.not.stringContaining('netstore_epoch') });

  const stack = new AsyncDisposableStack();
  const numbers = { epoch: 4, lastSeq: 3, commitSeq: 2, appliedSeq: 1, quarantined: 5 };
  const rooms = { debt: { blobs: 0, bytes: 0, heldSeq: 1 }, space: { usedBytes: 1, freeBytes: 1 } };
  const status = { reason: null as string | null, role: 'primary', ...numbers, ...rooms };
  door.show(async () => status as Status, stack);
  expect((await get('/readyz')).code).toBe(200);
  status.reason = 'No primary is connected.';
  expect(await get('/readyz')).toMatchObject({ code: 503, text: expect.stringContaining('No primary is connected.') });
  expect((await get('/metrics')).text).toMatch(
    /^netstore_epoch\{service="test"\} 4$[\s\S]*^netstore_quarantined_files\{service="test"\} 5$/m,
  );
  await stack.disposeAsync();
  await expect(get('/livez')).rejects.toThrow();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a listening server has an address');
  return address.port;
}
