/** Rights that are lost while bytes flow: what goes on is cut off within 5 s, whoever hears of the change or not. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Problem } from '@netstore/shared-types';
import type { Incoming } from '@netstore/wire-protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FakeMembership, FakePerson } from '../testing/fake-access.ts';
import { GatewayBench } from '../testing/gateway-bench.ts';
import { openSocket } from '../testing/raw-http.ts';

const FILES = '/api/v1/spaces/home-alice/files';
const MIB = 1024 * 1024;
/** 5 s, and what the machine takes. */
const CUT_OFF_WITHIN_MS = 6_500;

let bench: GatewayBench;
let bob: FakePerson;
beforeAll(async () => {
  bench = await GatewayBench.start();
  await bench.fetch(`${FILES}/long.bin`, { method: 'PUT', body: randomBytes(96 * MIB) });
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => {
  bench.resetNodes();
  bob = bench.auth.person('bob', {});
  join({ role: 'editor' });
});

function join(membership: Omit<FakeMembership, 'id'>): void {
  bob.spaces.set('home-alice', { id: bench.alice.spaces.get('home-alice')?.id ?? '', ...membership });
}
const narrow = (): void =>
  join({
    role: 'editor',
    rules: [
      { folder: '', role: 'editor' },
      { folder: 'mine', role: 'viewer' },
    ],
  });
const leave = (): void => void bob.spaces.delete('home-alice');
const signOut = (): void => bench.auth.end(bob.sessionId);

/** Sends for longer than rights are remembered, however they are lost. */
function slowBody(change: () => void, goOnMs = 60_000): ReadableStream {
  async function* parts() {
    const untilMs = performance.now() + goOnMs;
    yield randomBytes(9 * MIB);
    change();
    while (performance.now() < untilMs) {
      await sleep(100);
      yield randomBytes(1000);
    }
  }
  return ReadableStream.from(parts());
}
const put = (body: ReadableStream, path = 'mine/a.bin') =>
  bench.fetch(`${FILES}/${path}`, { method: 'PUT', body, duplex: 'half', person: bob });
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;
const isThere = async (path: string): Promise<boolean> => (await bench.fetch(`${FILES}/${path}`, { method: 'HEAD' })).status === 200;

describe('an upload', () => {
  test.each([
    ['is removed from the space', leave, 'NS_NOT_FOUND'],
    ['loses the folder', narrow, 'NS_FORBIDDEN'],
    ['is signed out', signOut, 'NS_UNAUTHENTICATED'],
  ])('of one who %s is refused in the middle, leaves nothing, and is in the audit', async (_what, lose, code) => {
    const abandonedBefore = bench.tree.abandoned.length;
    const noted = (): number => bench.auth.audited.filter(({ action, outcome }) => action === 'file.put' && outcome === code).length;
    const notedBefore = noted();
    let lostAtMs = 0;
    const body = slowBody(() => {
      lostAtMs = performance.now();
      lose();
    });
    const answer = await put(body);
    expect(performance.now() - lostAtMs).toBeLessThan(CUT_OFF_WITHIN_MS);
    expect(await codeOf(answer)).toBe(code);
    expect(await isThere('mine/a.bin')).toBe(false);
    await expect.poll(() => bench.unreferenced().difference(new Set(bench.tree.abandoned)).size, { timeout: 5_000 }).toBe(0);
    expect(bench.tree.abandoned.length).toBeGreaterThan(abandonedBefore);
    await expect.poll(noted).toBe(notedBefore + 1);
  });

  test('goes on when nothing was lost, also after its token has ended', async () => {
    // 30 s are forgiven to clocks that go wrong.
    const endsAtSeconds = Math.floor(Date.now() / 1000) - 27;
    const headers = { authorization: `Bearer ${bench.auth.token(bob, { claims: { exp: endsAtSeconds } })}` };
    const body = slowBody(() => undefined, 5_500);
    expect((await bench.fetch(`${FILES}/mine/kept.bin`, { method: 'PUT', body, duplex: 'half', headers })).status).toBe(201);
  });

  test('is not stored by a form whose sender lost the folder while an earlier part was sent', async () => {
    const part = (name: string) => `--x\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`;
    async function* form() {
      yield Buffer.from(`${part('first.txt')}first\r\n--x`);
      await expect.poll(() => isThere('first.txt')).toBe(true);
      narrow();
      bench.auth.announce({ kind: 'space', name: 'home-alice' });
      await sleep(1_200);
      yield Buffer.from(`${part('mine/second.txt').slice('--x'.length)}second\r\n--x--\r\n`);
    }
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const body = ReadableStream.from(form());
    const answer = await bench.fetch(FILES, { method: 'POST', body, duplex: 'half', headers, person: bob });
    expect(await codeOf(answer)).toBe('NS_FORBIDDEN');
    expect(await isThere('mine/second.txt')).toBe(false);
  });

  test('carries the quota that holds when it is committed', async () => {
    const limits: unknown[] = [];
    const seen = ({ name, body }: Incoming): void => {
      if (name === 'COMMIT' && body.operation.kind === 'put') limits.push('quotas' in body.operation ? body.operation.quotas : 'none');
    };
    for (const node of bench.nodes) node.before = seen;
    const id = bob.spaces.get('home-alice')?.id ?? '';
    const lower = (): void => {
      join({ role: 'editor', quotas: [{ spaces: [id], bytesMax: 20 * MIB }] });
      bench.auth.announce({ kind: 'space', name: 'home-alice' });
    };
    expect((await put(slowBody(lower, 1_500))).status).toBe(201);
    expect(limits).toEqual([[{ spaces: [id], bytesMax: 20 * MIB }]]);
  });
});

describe('a download', () => {
  test.each([
    ['removed from the space', leave],
    ['signed out', signOut],
  ])('of one who is %s is broken off', async (_what, lose) => {
    // So slow that all of it takes longer than rights are remembered.
    const slowly = async ({ name }: Incoming): Promise<void> => {
      if (name === 'READ_BLOB') await sleep(500);
    };
    for (const node of bench.nodes) node.before = slowly;
    const socket = await openSocket(bench.url);
    socket.on('error', () => undefined);
    socket.write(`GET ${FILES}/long.bin HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bench.auth.token(bob)}\r\n\r\n`);
    await once(socket, 'readable');
    lose();
    const lostAtMs = performance.now();
    let readBytes = 0;
    socket.on('data', (bytes: Buffer) => {
      readBytes += bytes.length;
    });
    await once(socket, 'close', { signal: AbortSignal.timeout(20_000) });
    expect(performance.now() - lostAtMs).toBeLessThan(CUT_OFF_WITHIN_MS);
    expect(readBytes).toBeLessThan(96 * MIB);
  });
});
