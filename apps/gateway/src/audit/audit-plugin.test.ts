import { AUDIT_BATCH_MAX, type AuditBatch, type AuditReport } from '@netstore/shared-types';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GatewayBench } from '../testing/gateway-bench.ts';
import { AuditTrail } from './audit-trail.ts';
import { AUDITED_ROUTES } from './audited-routes.ts';

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
  const report = { requestId: 'x' } as AuditReport;
  while (trail.hasRoom) trail.note(report);
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
