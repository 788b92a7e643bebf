import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isErrorCode, type Problem } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayBench } from './testing/gateway-bench.ts';
import { rawRequest } from './testing/raw-http.ts';

let folder: string;
let bench: GatewayBench;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-page-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>NetStore</title>');
  writeFileSync(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, 'assets', 'index-abc123.js'), 'export {};');
  bench = await GatewayBench.start({ config: { webDir: folder } });
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const get = (path: string, init: RequestInit = {}): Promise<Response> => fetch(bench.url + path, init);

describe('the page', () => {
  test.each([['/'], ['/index.html'], ['/setup'], ['/spaces/home-alice/some/file.txt'], ['/cluster'], ['/favicon.ico/x']])(
    'is at %s, never from a cache, and may do nothing but its own',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      const policy = answer.headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(await answer.text()).toContain('NetStore');
    },
  );

  test('has assets for ever and its icon for a moment', async () => {
    const asset = await get('/assets/index-abc123.js');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-type')).toMatch(/javascript/);
    const icon = await get('/favicon.svg');
    expect(icon.headers.get('content-type')).toBe('image/svg+xml');
    expect(icon.headers.get('cache-control')).toBe('no-cache');
  });

  test.each([
    ['/assets/missing.js'],
    ['/assets/'],
    ['/assets/../index.html'],
    ['/assets/%2e%2e/index.html'],
    ['/assets/..%2findex.html'],
    ['/assets/%2e%2e%2f%2e%2e%2fetc/passwd'],
    ['/api/v1/nothing'],
    ['/api'],
    ['/content/x'],
  ])('is not at %s, and the answer is a problem', async (path) => {
    const answer = await rawRequest(bench.url, [`GET ${path} HTTP/1.1`, 'Host: a']);
    expect([403, 404]).toContain(answer.status);
    expect(answer.text).toContain('application/problem+json');
    expect(answer.text).not.toContain('root:');
  });
});

describe('the edge', () => {
  test('answers an unknown method of a known route with those there are', async () => {
    const answer = await get('/api/v1/me', { method: 'POST', body: 'x' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toContain('GET');
    expect(((await answer.json()) as Problem).code).toBe('NS_METHOD_NOT_ALLOWED');
    expect((await get('/api/v1/spaces/x/files/y', { method: 'PATCH' })).status).toBe(405);
    expect((await get('/api/v1/spaces/x/files/y', { method: 'OPTIONS', headers: { origin: 'https://evil.example' } })).status).toBe(405);
  });

  test('never allows another origin', async () => {
    const answer = await get('/api/v1/setup', { headers: { origin: 'https://evil.example' } });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test.each([
    ['garbage', ['GARBAGE'], 400],
    ['header fields of 20 KiB', ['GET / HTTP/1.1', 'Host: a', `X: ${'x'.repeat(20_480)}`], 400],
    ['a length that is none', ['PUT /api/v1/spaces/x/files/y HTTP/1.1', 'Host: a', 'Content-Length: five'], 400],
    ['two lengths', ['PUT /api/v1/spaces/x/files/y HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Content-Length: 6'], 400],
    ['a negative length', ['PUT /api/v1/spaces/x/files/y HTTP/1.1', 'Host: a', 'Content-Length: -5'], 400],
  ])('refuses %s with a problem', async (_, head, status) => {
    const answer = await rawRequest(bench.url, head);
    expect(answer.status).toBe(status);
    const problem = JSON.parse(answer.body.toString()) as Problem;
    expect(isErrorCode(problem.code)).toBe(true);
    expect(problem.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([
    ['behind', 600_000],
    ['ahead of', -600_000],
  ])('is not ready while its clock is ten minutes %s that of the auth service, and says so', async (where, clockAheadMs) => {
    bench.auth.clockAheadMs = clockAheadMs;
    const answer = await get('/readyz');
    bench.auth.clockAheadMs = 0;
    const { ready, reasons } = (await answer.json()) as { readonly ready: boolean; readonly reasons: readonly string[] };
    expect([answer.status, ready, reasons]).toEqual([
      503,
      false,
      [expect.stringMatching(new RegExp(`(599|600|601) seconds ${where} that`))],
    ]);
  });

  test('says that it lives, is ready, and what it measures', async () => {
    expect((await get('/livez')).status).toBe(200);
    expect(await (await get('/readyz')).json()).toEqual({ ready: true, reasons: [] });
    await bench.fetch('/api/v1/spaces/home-alice/files/measured', { method: 'PUT', body: 'x'.repeat(1000) });
    await (await bench.fetch('/api/v1/spaces/home-alice/files/measured')).text();
    expect(await bench.metric('netstore_received_bytes_total')).toBe(1000);
    expect(await bench.metric('netstore_sent_bytes_total')).toBe(1000);
    const metrics = await (await get('/metrics')).text();
    expect(metrics).not.toContain('measured"');
    expect(metrics).toContain('route="/api/v1/spaces/:space/files/*"');
  });
});

describe('the OpenAPI document', () => {
  test('describes every route, each with a schema', async () => {
    const document = (await (await get('/api/v1/openapi.json')).json()) as {
      paths: Record<string, Record<string, { responses: object; summary: string }>>;
    };
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(operations.sort()).toEqual([
      'delete /api/v1/groups/{group}',
      'delete /api/v1/groups/{group}/members/{user}',
      'delete /api/v1/invitations/{id}',
      'delete /api/v1/keys/{id}',
      'delete /api/v1/me/keys/{id}',
      'delete /api/v1/me/links/{id}',
      'delete /api/v1/me/second-factor',
      'delete /api/v1/me/sessions/{id}',
      'delete /api/v1/sessions/current',
      'delete /api/v1/spaces/{space}',
      'delete /api/v1/spaces/{space}/ending',
      'delete /api/v1/spaces/{space}/files/{path}',
      'delete /api/v1/spaces/{space}/grants',
      'delete /api/v1/spaces/{space}/links/{id}',
      'delete /api/v1/users/{id}',
      'delete /api/v1/users/{id}/second-factor',
      'get /api/v1/audit',
      'get /api/v1/audit/export',
      'get /api/v1/cluster',
      'get /api/v1/groups',
      'get /api/v1/groups/{group}',
      'get /api/v1/invitations',
      'get /api/v1/me',
      'get /api/v1/me/keys',
      'get /api/v1/me/links',
      'get /api/v1/me/second-factor',
      'get /api/v1/me/sessions',
      'get /api/v1/setup',
      'get /api/v1/share/entries',
      'get /api/v1/spaces',
      'get /api/v1/spaces/{space}',
      'get /api/v1/spaces/{space}/access',
      'get /api/v1/spaces/{space}/entries',
      'get /api/v1/spaces/{space}/entries/{path}',
      'get /api/v1/spaces/{space}/files/{path}',
      'get /api/v1/spaces/{space}/grants',
      'get /api/v1/spaces/{space}/links',
      'get /api/v1/spaces/{space}/trash',
      'get /api/v1/users',
      'get /api/v1/users/{id}',
      'get /api/v1/users/{id}/keys',
      'get /api/v1/users/{id}/quota',
      'get /content/shared/{ticket}/{name}',
      'get /content/{ticket}/{name}',
      'head /api/v1/spaces/{space}/files/{path}',
      'head /content/shared/{ticket}/{name}',
      'head /content/{ticket}/{name}',
      'patch /api/v1/groups/{group}',
      'patch /api/v1/spaces/{space}',
      'patch /api/v1/users/{id}',
      'post /api/v1/groups',
      'post /api/v1/invitations',
      'post /api/v1/invitations/accept',
      'post /api/v1/invitations/look-up',
      'post /api/v1/me/keys',
      'post /api/v1/me/password',
      'post /api/v1/me/second-factor/confirm',
      'post /api/v1/me/second-factor/enrol',
      'post /api/v1/password-resets/accept',
      'post /api/v1/password-resets/look-up',
      'post /api/v1/sessions',
      'post /api/v1/sessions/refresh',
      'post /api/v1/setup',
      'post /api/v1/share/open',
      'post /api/v1/share/tickets',
      'post /api/v1/spaces',
      'post /api/v1/spaces/{space}/files',
      'post /api/v1/spaces/{space}/links',
      'post /api/v1/spaces/{space}/operations',
      'post /api/v1/spaces/{space}/tickets',
      'post /api/v1/users',
      'post /api/v1/users/{id}/password-reset',
      'put /api/v1/groups/{group}/members/{user}',
      'put /api/v1/share/files/{path}',
      'put /api/v1/spaces/{space}/ending',
      'put /api/v1/spaces/{space}/files/{path}',
      'put /api/v1/spaces/{space}/grants',
      'put /api/v1/users/{id}/quota',
    ]);
    for (const methods of Object.values(document.paths))
      for (const { summary, responses } of Object.values(methods))
        expect([typeof summary, Object.keys(responses)]).toEqual(['string', expect.arrayContaining(['4XX'])]);
  });
});
