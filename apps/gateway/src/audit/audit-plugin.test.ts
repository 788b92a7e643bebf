import { setTimeout } from 'node:timers/promises';
import { AUDIT_BATCH_BYTES_MAX, AUDIT_BATCH_MAX, type AuditBatch, type AuditReport, NetStoreError } from '@netstore/shared-types';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GatewayBench } from '../testing/gateway-bench.ts';
import { textOf } from './audit-text.ts';
import { AuditTrail } from './audit-trail.ts';
import { AUDITED_ROUTES } from './audited-routes.ts';

/** As long as the rest of an entry can be. */
const HEAVY: AuditReport = {
  timeMs: Number.MAX_SAFE_INTEGER,
  actorId: 'a'.repeat(32),
  via: `session:${'s'.repeat(32)}`,
  address: 'f'.repeat(45),
  action: 'second-factor.recovery',
  space: null,
  path: null,
  subject: null,
  outcome: 'NS_PRECONDITION_FAILED',
  requestId: crypto.randomUUID(),
};

let bench: GatewayBench;
beforeAll(async () => {
  bench = await GatewayBench.start();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => {
  bench.auth.audited.length = 0;
});

async function noted(action: string): Promise<AuditReport> {
  return await expect
    .poll(() => bench.auth.audited.find((entry) => entry.action === action))
    .toBeDefined()
    .then(() => bench.auth.audited.find((entry) => entry.action === action) as AuditReport);
}

test('every public route has a name in the audit, and no name is without a route', async () => {
  const document = (await (await fetch(`${bench.url}/api/v1/openapi.json`)).json()) as { paths: Record<string, object> };
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => method !== 'head')
      .map((method) => `${method.toUpperCase()} ${path.replace('{path}', '*').replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  expect(Object.keys(AUDITED_ROUTES).sort()).toEqual(routes.sort());
});

describe('an entry says who did what to what, and how it ended', () => {
  const FILE = '/api/v1/spaces/home-alice/files/a/b%20c';
  test('of a write and of a read', async () => {
    await bench.fetch(FILE, { method: 'PUT', body: 'x' });
    const read = await bench.fetch(FILE);
    await read.text();
    const by = { actorId: bench.alice.userId, via: `session:${bench.alice.sessionId}`, space: 'home-alice', path: 'a/b c', outcome: 'ok' };
    expect(await noted('file.put')).toMatchObject(by);
    expect(await noted('file.read')).toMatchObject({ ...by, requestId: read.headers.get('x-request-id') });
  });

  test('of a download by ticket, which carries no token', async () => {
    await bench.fetch(FILE, { method: 'PUT', body: 'x' });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const body = JSON.stringify({ path: 'a/b c', disposition: 'attachment' });
    const { url } = (await (await bench.fetch('/api/v1/spaces/home-alice/tickets', { ...init, body })).json()) as { url: string };
    await (await fetch(bench.url + url)).text();
    expect(await noted('file.read')).toMatchObject({ actorId: bench.alice.userId, space: 'home-alice', path: 'a/b c', outcome: 'ok' });
  });

  test('of a download that its reader broke off, once', async () => {
    await bench.fetch(FILE, { method: 'PUT', body: Buffer.alloc(32 * 1024 * 1024, 'x') });
    const leaving = new AbortController();
    const read = await bench.fetch(FILE, { signal: leaving.signal });
    await read.body?.getReader().read();
    leaving.abort();
    expect(await noted('file.read')).toMatchObject({
      actorId: bench.alice.userId,
      address: expect.stringContaining('127.0.0.1'),
      path: 'a/b c',
      outcome: 'NS_CONNECTION_LOST',
    });
    await setTimeout(700);
    expect(bench.auth.audited.filter(({ action }) => action === 'file.read')).toHaveLength(1);
  });

  test('of what was refused', async () => {
    await fetch(bench.url + FILE);
    expect(await noted('file.read')).toMatchObject({ actorId: null, space: 'home-alice', path: 'a/b c', outcome: 'NS_UNAUTHENTICATED' });
    await bench.fetch('/api/v1/users', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"username":"=x"}' });
    expect(await noted('user.make')).toMatchObject({ subject: '=x', outcome: 'NS_BAD_REQUEST' });
  });

  test('of an act on accounts, before it is answered', async () => {
    const body = JSON.stringify({ username: 'alice', password: 'whatever it is' });
    await fetch(`${bench.url}/api/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const entry = bench.auth.audited.find(({ action }) => action === 'session.begin');
    expect(entry).toMatchObject({ subject: 'alice' });
    expect(JSON.stringify(bench.auth.audited)).not.toContain('whatever');
  });
});

test('entries wait while the auth service takes none, and nothing begins when there is no room', async () => {
  const kept: AuditBatch[] = [];
  let isAway = true;
  const send = async (batch: AuditBatch): Promise<void> => {
    kept.push(batch);
    if (isAway) throw new Error('away');
  };
  await using trail = new AuditTrail({ send, onFailed: () => undefined });
  while (trail.hasRoom) trail.note(HEAVY);
  expect(await trail.flush()).toBe(false);
  const tried = kept.splice(0);
  isAway = false;
  expect(await trail.flush()).toBe(true);
  expect(trail.hasRoom).toBe(true);
  // The batch that was under way does not count as waiting. What may have arrived the first time is sent again under the same number.
  expect(kept[0]).toEqual(tried[0]);
  expect(new Set(kept.map(({ batch }) => batch)).size).toBe(kept.length);
  expect(kept.flatMap(({ entries }) => entries)).toHaveLength(20_000 + AUDIT_BATCH_MAX);
  expect(Math.max(...kept.map(({ entries }) => entries.length))).toBe(AUDIT_BATCH_MAX);
});

describe('what the auth service refuses', () => {
  const entry = (requestId: string): AuditReport => ({ ...HEAVY, path: 'p', requestId });

  test('holds up nothing behind it, and is kept without what it names', async () => {
    const kept: AuditReport[] = [];
    const numbers: number[] = [];
    const send = async ({ batch, entries }: AuditBatch): Promise<void> => {
      numbers.push(batch);
      if (entries.some(({ requestId, path }) => requestId === 'bad' && path !== null)) throw new NetStoreError('NS_BAD_REQUEST', 'no');
      kept.push(...entries);
    };
    await using trail = new AuditTrail({ send, onFailed: () => undefined });
    for (let index = 0; index < 700; index += 1) trail.note(entry(index === 300 ? 'bad' : String(index)));
    expect(await trail.flush()).toBe(true);
    expect(kept.map(({ requestId }) => requestId)).toEqual(
      Array.from({ length: 700 }, (_, index) => (index === 300 ? 'bad' : String(index))),
    );
    expect(kept[300]).toMatchObject({ path: null, subject: expect.stringContaining('left out') });
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test('even so is waited for: nothing goes on unrecorded', async () => {
    const send = (): Promise<void> => Promise.reject(new NetStoreError('NS_BAD_REQUEST', 'no'));
    const trail = new AuditTrail({ send, onFailed: () => undefined });
    while (trail.hasRoom) trail.note(entry('refused'));
    expect(await trail.flush()).toBe(false);
    trail.note(entry('refused'));
    expect(trail.hasRoom).toBe(false);
    await trail[Symbol.asyncDispose]();
  });

  test('is waited for when it says nothing about the entries', async () => {
    let isRefused = true;
    const kept: AuditReport[] = [];
    const send = async ({ entries }: AuditBatch): Promise<void> => {
      if (isRefused) throw new NetStoreError('NS_FORBIDDEN', 'the service key is another one');
      kept.push(...entries);
    };
    await using trail = new AuditTrail({ send, onFailed: () => undefined });
    trail.note(entry('one'));
    expect(await trail.flush()).toBe(false);
    isRefused = false;
    expect(await trail.flush()).toBe(true);
    expect(kept).toEqual([entry('one')]);
  });
});

test('entries that weigh much fill the room before they are many, and leave it when they are kept', async () => {
  let isAway = true;
  const send = (): Promise<void> => (isAway ? Promise.reject(new Error('away')) : Promise.resolve());
  await using trail = new AuditTrail({ send, onFailed: () => undefined });
  const text = textOf('x'.repeat(100_000));
  let count = 0;
  for (; trail.hasRoom; count += 1) trail.note({ ...HEAVY, space: text, path: text, subject: text });
  expect(count).toBeLessThan(2_000);
  isAway = false;
  expect(await trail.flush()).toBe(true);
  expect(trail.hasRoom).toBe(true);
});

test('no batch weighs more than the auth service takes, whatever requests name', async () => {
  const weights: number[] = [];
  const send = async (batch: AuditBatch): Promise<void> => {
    weights.push(Buffer.byteLength(JSON.stringify(batch)));
  };
  await using trail = new AuditTrail({ send, onFailed: () => undefined });
  for (const heavy of ['\u0001', '"', '\ud800', '漢', '😀']) {
    const text = textOf(heavy.repeat(100_000));
    for (let count = 0; count < 1_000; count += 1) trail.note({ ...HEAVY, space: text, path: text, subject: text });
  }
  expect(await trail.flush()).toBe(true);
  expect(Math.max(...weights)).toBeLessThanOrEqual(AUDIT_BATCH_BYTES_MAX);
});

test('what comes in while a batch is on its way waits for the next one', async () => {
  const batches: number[] = [];
  const send = async ({ entries }: AuditBatch): Promise<void> => {
    batches.push(entries.length);
    await setTimeout(1);
    for (let count = 0; batches.length < 3 && count < 5; count += 1) trail.note(HEAVY);
  };
  const trail = new AuditTrail({ send, onFailed: () => undefined });
  trail.note(HEAVY);
  expect(await trail.flush()).toBe(true);
  expect(batches).toEqual([1]);
  await trail[Symbol.asyncDispose]();
  expect(batches).toEqual([1, 5, 5]);
});
