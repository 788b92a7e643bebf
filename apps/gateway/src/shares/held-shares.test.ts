/** What flows by a link hangs on the link for as long as it flows, keeps the quota, and is in the audit as what the link's maker answers for. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DropReceipt, type OpenedShare, type Problem, parseSpaceId, type Ticket } from '@netstore/shared-types';
import type { Incoming } from '@netstore/wire-protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GatewayBench } from '../testing/gateway-bench.ts';
import { openSocket } from '../testing/raw-http.ts';

const MIB = 1024 * 1024;
/** 5 s, and what the machine takes. */
const CUT_OFF_WITHIN_MS = 6_500;

let bench: GatewayBench;
beforeAll(async () => {
  bench = await GatewayBench.start();
  for (const path of ['box', 'out']) await bench.operate('home-alice', { kind: 'make-folder', path });
  const long = await bench.fetch('/api/v1/spaces/home-alice/files/out/long.bin', { method: 'PUT', body: randomBytes(96 * MIB) });
  expect(long.status).toBe(201);
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => {
  bench.resetNodes();
  bench.auth.links.downloads.length = 0;
  bench.auth.audited.length = 0;
});

const json = { 'content-type': 'application/json' };
async function open(kind: 'view' | 'drop', path: string): Promise<{ readonly token: string; readonly session: string }> {
  const token = bench.auth.links.add({ person: bench.alice, kind, path });
  const answer = await fetch(`${bench.url}/api/v1/share/open`, { method: 'POST', headers: json, body: JSON.stringify({ token }) });
  return { token, session: ((await answer.json()) as OpenedShare).session };
}
async function ticketFor(session: string, path: string): Promise<string> {
  const headers = { ...json, authorization: `Bearer ${session}` };
  const body = JSON.stringify({ path, disposition: 'attachment' });
  return ((await (await fetch(`${bench.url}/api/v1/share/tickets`, { method: 'POST', headers, body })).json()) as Ticket).url;
}
function drop(session: string, name: string, body: Buffer<ArrayBuffer> | ReadableStream | string): Promise<Response> {
  const init = { method: 'PUT', body, duplex: 'half', headers: { authorization: `Bearer ${session}` } } as const;
  return fetch(`${bench.url}/api/v1/share/files/${name}`, init);
}
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;
const isThere = async (path: string): Promise<boolean> =>
  (await bench.fetch(`/api/v1/spaces/home-alice/files/${path}`, { method: 'HEAD' })).status === 200;

describe('when a link is ended', () => {
  test('a file on its way into a drop box is refused in the middle and leaves nothing', async () => {
    const { token, session } = await open('drop', 'box');
    let endedAtMs = 0;
    async function* parts() {
      yield randomBytes(9 * MIB);
      endedAtMs = performance.now();
      bench.auth.links.end(token);
      while (performance.now() < endedAtMs + 60_000) {
        await sleep(100);
        yield randomBytes(1000);
      }
    }
    const answer = await drop(session, 'a.bin', ReadableStream.from(parts()));
    expect(performance.now() - endedAtMs).toBeLessThan(CUT_OFF_WITHIN_MS);
    expect(await codeOf(answer)).toBe('NS_LINK_ENDED');
    expect(await isThere('box/a.bin')).toBe(false);
    await expect.poll(() => bench.unreferenced().difference(new Set(bench.tree.abandoned)).size, { timeout: 5_000 }).toBe(0);
  });

  test('a download by it is broken off, and told so to whoever counts', async () => {
    const { token, session } = await open('view', 'out');
    const url = await ticketFor(session, 'long.bin');
    const slowly = async ({ name }: Incoming): Promise<void> => {
      if (name === 'READ_BLOB') await sleep(500);
    };
    for (const node of bench.nodes) node.before = slowly;
    const socket = await openSocket(bench.url);
    socket.on('error', () => undefined);
    socket.write(`GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(socket, 'readable');
    expect(bench.auth.links.downloads).toEqual(['begun']);
    bench.auth.links.end(token);
    const endedAtMs = performance.now();
    let readBytes = 0;
    socket.on('data', (bytes: Buffer) => {
      readBytes += bytes.length;
    });
    await once(socket, 'close', { signal: AbortSignal.timeout(20_000) });
    expect(readBytes).toBeLessThan(96 * MIB);
    expect(performance.now() - endedAtMs).toBeLessThan(CUT_OFF_WITHIN_MS);
    await expect.poll(() => bench.auth.links.downloads).toEqual(['begun', 'broken']);
    const told = () => bench.auth.audited.find(({ action, via }) => action === 'file.read' && via === `link:${token}`);
    await expect.poll(told).toMatchObject({ outcome: 'NS_LINK_ENDED', space: 'home-alice', path: 'out/long.bin' });
  });
});

test('a drop box has no more room than the quota of its space', async () => {
  const { id = '', ...home } = bench.alice.spaces.get('home-alice') ?? {};
  bench.tree.usage.set(parseSpaceId(id), 20 * MIB);
  bench.alice.spaces.set('home-alice', { role: 'manager', ...home, id, quotas: [{ spaces: [id], bytesMax: 21 * MIB }] });
  try {
    const { session } = await open('drop', 'box');
    const messages: string[] = [];
    for (const node of bench.nodes) node.before = ({ name }) => void messages.push(name);
    expect(await codeOf(await drop(session, 'b.bin', randomBytes(MIB + 1)))).toBe('NS_QUOTA_EXCEEDED');
    expect(messages.filter((name) => name === 'PUT_BLOB' || name === 'COMMIT')).toEqual([]);
    expect((await drop(session, 'b.bin', randomBytes(1000))).status).toBe(201);
  } finally {
    bench.alice.spaces.set('home-alice', { role: 'manager', ...home, id });
  }
});

describe('the audit names the link and its maker', () => {
  const noted = (action: string, via: string) => bench.auth.audited.find((entry) => entry.action === action && entry.via === via);

  test('of what is shown and downloaded, by the whole path', async () => {
    const { token, session } = await open('view', 'out');
    await (await fetch(`${bench.url}${await ticketFor(session, 'long.bin')}`, { headers: { range: 'bytes=0-9' } })).arrayBuffer();
    const by = { actorId: bench.alice.userId, via: `link:${token}`, space: 'home-alice', outcome: 'ok' };
    await expect.poll(() => noted('file.read', by.via)).toMatchObject({ ...by, path: 'out/long.bin' });
    expect(noted('link.open', by.via)).toMatchObject({ ...by, path: 'out' });
    expect(noted('file.link', by.via)).toMatchObject({ ...by, path: 'out/long.bin' });
  });

  test('of what is sent, by the name under which it came to lie', async () => {
    const { token, session } = await open('drop', 'box');
    for (const body of ['one', 'two']) expect(((await (await drop(session, 'c.txt', body)).json()) as DropReceipt).name).toBe('c.txt');
    const by = { action: 'file.put', via: `link:${token}`, actorId: bench.alice.userId };
    const sent = () => bench.auth.audited.filter(({ via, action }) => action === by.action && via === by.via);
    await expect.poll(sent).toMatchObject([
      { ...by, path: 'box/c.txt' },
      { ...by, path: 'box/c (2).txt' },
    ]);
  });

  test('of what is refused', async () => {
    const { token, session } = await open('view', 'out');
    expect((await drop(session, 'd.txt', 'x')).status).toBe(403);
    bench.auth.links.end(token);
    await fetch(`${bench.url}/api/v1/share/open`, { method: 'POST', headers: json, body: JSON.stringify({ token }) });
    await expect.poll(() => noted('file.put', `link:${token}`)).toMatchObject({ outcome: 'NS_FORBIDDEN' });
    await expect.poll(() => bench.auth.audited.map(({ outcome }) => outcome)).toContain('NS_LINK_ENDED');
    expect(JSON.stringify(bench.auth.audited.filter(({ via }) => via === null))).not.toContain(token);
  });
});
